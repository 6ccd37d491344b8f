"""Problems become the errors that the server raised."""

import json
from uuid import uuid4

import pytest

from contextfs.client import (
    Conflict,
    ContextFS,
    ContextFSError,
    Invalid,
    NotAuthenticated,
    NotFound,
    TooLarge,
    VersionMismatch,
)
from contextfs.client.http.errors import error_of
from contextfs.kit import errors

PROBLEM = "application/problem+json"


def told(**fields: object) -> bytes:
    """Write a problem."""
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ContextFSError)],
)
def test_each_kind_of_error_comes_back_as_itself(kind: type[ContextFSError]) -> None:
    body = told(type=f"urn:contextfs:problem:{kind.slug()}", detail="Say more.", where="$.tags[3]")

    error = error_of(kind.status, PROBLEM, body)

    assert (kind, "Say more.", "$.tags[3]") == (type(error), error.detail, error.where)


def test_a_kind_that_is_not_known_here_keeps_its_status() -> None:
    error = error_of(418, PROBLEM, told(type="urn:contextfs:problem:teapot", detail="Short and stout."))

    assert (418, "Short and stout.") == (error.status, error.detail)


def test_a_kind_that_is_not_known_here_is_read_by_its_status() -> None:
    assert isinstance(error_of(409, PROBLEM, told(type="urn:contextfs:problem:newer", detail="No.")), Conflict)


def test_the_request_id_stays_with_the_error() -> None:
    error = error_of(500, PROBLEM, told(type="urn:contextfs:problem:context-fs-error", request_id="r-1"))

    assert error.__notes__ == ["request id: r-1"]


def test_a_broken_problem_is_an_error_too() -> None:
    assert error_of(400, PROBLEM, b'{"type": 7').status == 400


def test_the_server_says_which_value_is_wrong(client: ContextFS) -> None:
    with pytest.raises(Invalid) as error:
        client.memories.create("x", tags=["not a tag"])

    assert error.value.where == "$.tags[0]"


def test_what_is_not_there_is_not_found(client: ContextFS) -> None:
    with pytest.raises(NotFound):
        client.memories.get(uuid4())


def test_an_id_cannot_leave_its_place_in_the_path(client: ContextFS) -> None:
    with pytest.raises((NotFound, Invalid)):
        client.memories.get("../projects")


def test_a_wrong_key_is_refused(api_url: str) -> None:
    with ContextFS(api_url, "ctxk_live_nonsense") as stranger, pytest.raises(NotAuthenticated):
        stranger.memories.list().page()


def test_a_name_that_is_taken_conflicts(client: ContextFS) -> None:
    client.projects.create("twice")

    with pytest.raises(Conflict):
        client.projects.create("twice")


def test_a_change_to_an_old_version_is_refused(client: ContextFS) -> None:
    first = client.memories.create("We deploy on Fridays.").memory
    client.memories.update(first.id, content="We never deploy on Fridays.")

    with pytest.raises(VersionMismatch):
        client.memories.update(first.id, content="We deploy on Mondays.", if_match=first.version)


def test_a_body_that_is_too_large_is_said_to_be(client: ContextFS) -> None:
    with pytest.raises((TooLarge, Invalid)):
        client.memories.create("x" * 2_000_000)
