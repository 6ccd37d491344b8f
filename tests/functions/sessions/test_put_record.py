"""PUT …/record: what a tool wrote is kept by lines, without secrets, and goes with its session."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import Things, told
from tests.functions.conftest import Rows

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
LINES = ['{ "type" : "user", "n": 1.50 }', "", "not json ünïcödé 🎉", '{"cut":"of']


def place(session: object) -> str:
    return f"/v1/sessions/{session}/record"


def put(tenant: Tenant, session: object, lines: list[str], line: int = 0) -> Any:
    return tenant.call("PUT", place(session), {"reader": "codex/1", "line": line, "lines": lines})


def read(tenant: Tenant, session: object) -> list[str]:
    """Read the lines from the first to the last, a chunk at a time."""
    found: list[str] = []
    at: int | None = 0
    while at is not None:
        page = tenant.call("GET", f"{place(session)}/lines?line={at}").json()
        found += page["lines"]
        at = page["next_line"]
    return found


def test_lines_are_kept_to_the_byte_and_go_on(tenant: Tenant, things: Things, rows: Rows) -> None:
    none = tenant.call("GET", place(things.session_id)).json()
    first = put(tenant, things.session_id, LINES)
    more = put(tenant, things.session_id, ["{}"] * 3, line=4)
    record = more.json()

    assert (None, 0, []) == (none["reader"], none["lines"], none["chunks"])
    assert (200, 200) == (first.status_code, more.status_code)
    assert [*LINES, "{}", "{}", "{}"] == read(tenant, things.session_id)
    assert ["{}"] == tenant.call("GET", f"{place(things.session_id)}/lines?line=6").json()["lines"]
    assert [] == tenant.call("GET", f"{place(things.session_id)}/lines?line=7").json()["lines"]
    sent = "".join(f"{one}\n" for one in LINES).encode()
    assert {"line": 0, "lines": 4, "size": len(sent), "hash": sha256(sent).hexdigest()} == record["chunks"][0]
    assert (7, len(sent) + 9, "codex/1") == (record["lines"], record["size"], record["reader"])
    assert record == tenant.call("GET", place(things.session_id)).json()
    audited = [one["details"] for one in rows.audited(tenant, "session.recorded")]
    assert [(3, 0), (4, 0)] == sorted((one["lines"], one["redacted"]) for one in audited)


def test_secrets_are_taken_out_by_the_rules_of_here(tenant: Tenant, things: Things) -> None:
    tenant.call("PUT", "/v1/admin/redaction", {"rules": [{"name": "customer", "pattern": "CUST-[0-9]{8}"}]})
    record = {"env": {"password": "hunter2-Blue-Horse"}, "paid": 4242424242424242}
    said = [json.dumps(record), f"is {TOKEN}, CUST-12345678"]

    kept = put(tenant, things.session_id, said).json()
    again = put(tenant, things.session_id, said).json()
    lines = read(tenant, things.session_id)

    assert ["password", "card"] == [one.partition(":")[0] for one in lines[0].split("[redacted:")[1:]]
    assert not any(one in "".join(lines) for one in (TOKEN, "hunter2", "4242424242424242", "CUST-1"))
    assert isinstance(json.loads(lines[0]), dict)
    assert kept["chunks"] == again["chunks"]


def test_a_secret_of_several_lines_goes_and_lines_stay_as_many(tenant: Tenant, things: Things) -> None:
    key = ["-----BEGIN RSA PRIVATE KEY-----", *["A1b2C3d4" * 8] * 4, "-----END RSA PRIVATE KEY-----"]
    said = ['{"n": 1}', "# A talk", *key, "after", '{"n": 2}', "", "the end"]

    reply = put(tenant, things.session_id, said)
    kept = read(tenant, things.session_id)

    assert (200, len(said)) == (reply.status_code, len(kept))
    assert "A1b2C3d4" not in str(kept)
    assert [said[0], said[1]] == kept[:2]
    assert kept[2].startswith("[redacted:private-key:")
    assert [*[""] * 5, "after", *said[-3:]] == kept[3:]


KEY = ["-----BEGIN RSA PRIVATE KEY-----", *["A1b2C3d4" * 8] * 6, "Qz3=", "-----END RSA PRIVATE KEY-----"]
BLOCK = ["they said <private>that Ada", "leaves in", "May</private> and went"]


@pytest.mark.parametrize("secret", [KEY, BLOCK])
@pytest.mark.parametrize("at_once", [1, 2, 3, 7])
def test_a_secret_on_the_border_of_chunks_goes(tenant: Tenant, things: Things, secret: list[str], at_once: int) -> None:
    said = ["# A talk", *secret, "after", '{"n": 2}', "the end"]
    starts = [*range(0, len(said), at_once)]
    for line in starts:
        put(tenant, things.session_id, said[line : line + at_once], line)
    first = read(tenant, things.session_id)
    for line in starts[-2:]:  # as a sender does with a small last chunk
        put(tenant, things.session_id, said[line : line + at_once], line)
    kept = read(tenant, things.session_id)
    sent = tenant.call("GET", place(things.session_id)).json()["chunks"]

    assert [one for one in ("A1b2C3d4", "Qz3=", "Ada", "leaves in", "May") if one in str(first) + str(kept)] == []
    assert (first, len(said)) == (kept, len(kept))
    assert [said[0], *said[-3:]] == [kept[0], *kept[-3:]]
    hashes = [sha256("".join(f"{one}\n" for one in said[n : n + at_once]).encode()).hexdigest() for n in starts]
    assert hashes == [one["hash"] for one in sent]


def test_what_only_looks_like_the_end_of_a_secret_stays(tenant: Tenant, things: Things) -> None:
    put(tenant, things.session_id, ["# A talk", *KEY])
    put(tenant, things.session_id, ["internationalization of it", "</private> is a tag"], line=1 + len(KEY))

    assert ["internationalization of it", "</private> is a tag"] == read(tenant, things.session_id)[-2:]


@pytest.mark.parametrize(
    "line",
    [
        f'{{"a": "is {TOKEN}", "a": "x"}}',
        f'{{"a": "x", "a": "is {TOKEN}"}}',
        f'{{"b": [{{"{TOKEN}": 1, "{TOKEN}": 2, "c": "\\\\", "c": "\\""}}]}}',
        '{"password": "hunter2-Blue-Horse", "password": ""}',
    ],
)
def test_a_name_that_stands_twice_hides_no_secret(tenant: Tenant, things: Things, line: str) -> None:
    harmless = '{ "a": 1, "a": 2 }'
    put(tenant, things.session_id, [line, harmless])
    kept = read(tenant, things.session_id)

    assert [one for one in (TOKEN, "hunter2") if one in kept[0]] == []
    assert (True, harmless) == (isinstance(json.loads(kept[0]), dict), kept[1])


def test_what_is_no_line_stays_one(tenant: Tenant, things: Things) -> None:
    put(tenant, things.session_id, ["a\nb", f"is {TOKEN}", "c"])
    kept = read(tenant, things.session_id)

    assert ["a\nb", "c"] == [kept[0], kept[2]]
    assert kept[1].startswith("is [redacted:github-token:")


def test_it_is_said_anew_from_where_a_chunk_begins_and_nowhere_else(tenant: Tenant, things: Things) -> None:
    put(tenant, things.session_id, ["a", "b"])
    put(tenant, things.session_id, ["c"], line=2)
    wrong = [put(tenant, things.session_id, ["x"], line=line) for line in (1, 4)]
    put(tenant, things.session_id, ["d", "e"], line=2)
    changed = read(tenant, things.session_id)
    put(tenant, things.session_id, [])

    assert [409, 409] == [one.status_code for one in wrong]
    assert "it ends at 3, its chunks begin at 0, 2" in told(wrong[0])["detail"]
    assert (["a", "b", "d", "e"], []) == (changed, read(tenant, things.session_id))


def test_it_goes_with_its_session(tenant: Tenant, things: Things, rows: Rows) -> None:
    put(tenant, things.session_id, LINES)
    kept = len(rows.of("session_records", tenant))
    tenant.call("DELETE", f"/v1/sessions/{things.session_id}")

    assert (1, []) == (kept, rows.of("session_records", tenant))
    assert 404 == tenant.call("GET", place(things.session_id)).status_code


def test_who_does_not_see_the_session_does_not_see_what_was_written(
    tenant: Tenant, other_tenant: Tenant, things: Things, key_with: Callable[..., Tenant], rows: Rows
) -> None:
    put(tenant, things.session_id, LINES)
    viewer = key_with(tenant, role="viewer")
    theirs = [
        other_tenant.call("GET", place(things.session_id)),
        other_tenant.call("GET", f"{place(things.session_id)}/lines"),
        put(other_tenant, things.session_id, ["x"]),
        put(viewer, things.session_id, ["x"]),
    ]

    assert [404, 404, 404, 403] == [one.status_code for one in theirs]
    assert LINES == read(viewer, things.session_id) == read(tenant, things.session_id)
    assert [] == rows.of("session_records", other_tenant)


def test_a_private_session_has_a_private_record(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant], things: Things
) -> None:
    other, lines = colleague(tenant), f"{place(things.session_id)}/lines"
    put(tenant, things.session_id, LINES)
    before = other.call("GET", lines).status_code
    tenant.call("PATCH", f"/v1/sessions/{things.session_id}", {"visibility": "private"})

    assert (200, 404) == (before, other.call("GET", lines).status_code)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"reader": "codex"}, "$.reader"),
        ({"line": -1}, "$.line"),
        ({"lines": ["x"] * 20_001}, "$.lines"),
        ({"lines": [1]}, "$.lines[0]"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tenant: Tenant, things: Things, wrong: dict[str, Any], where: str
) -> None:
    reply = tenant.call("PUT", place(things.session_id), {"reader": "codex/1", "line": 0, "lines": ["x"]} | wrong)

    assert (422, where) == (reply.status_code, told(reply)["where"])


def test_a_record_has_an_end(tenant: Tenant, things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contextfs.journeys.capture.records.MOST_BYTES", 10)
    put(tenant, things.session_id, ["123456"])
    reply = put(tenant, things.session_id, ["123"], line=1)

    assert 422 == reply.status_code
    assert ["123456"] == read(tenant, things.session_id)


def test_a_record_has_not_more_chunks_than_a_call_can_read(
    tenant: Tenant, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contextfs.journeys.capture.records.MOST_CHUNKS", 2)
    for line in range(2):
        put(tenant, things.session_id, ["{}"], line=line)
    refused = put(tenant, things.session_id, ["{}"], line=2)
    anew = put(tenant, things.session_id, ["{}"] * 3, line=1)

    assert (422, "$.line") == (refused.status_code, told(refused)["where"])
    assert "send it anew from an earlier one, with" in told(refused)["detail"]
    assert ["{}"] * 4 == read(tenant, things.session_id)
    assert 200 == anew.status_code
