"""A pepper, and the others that open while it takes their place."""

import hmac
import os
from uuid import UUID

import pytest

from contextfs.domain.audit import checkpoint
from contextfs.domain.logins.rules import csrf_token, is_meant
from contextfs.kit import pepper, tokens
from contextfs.kit.errors import Invalid

OLD, NEW = "old-pepper-" * 4, "new-pepper-" * 4
ORG = UUID(int=7)


def test_one_alone_is_taken_letter_by_letter() -> None:
    text = "  a pass phrase of more than thirty-two letters "

    assert text.encode() == bytes(pepper.read(text))
    assert {one.strip(b"\r\n") for one in pepper.all_of(pepper.read(text))} == {text.encode()}


@pytest.mark.parametrize("text", [OLD, f"{OLD}\n", f"{OLD}\r\n", f"\n{OLD}\n\n"])
def test_spellings_of_one_pepper_have_one_name_and_open_what_the_others_hashed(text: str) -> None:
    alone, both = pepper.read(text), pepper.read(f"{NEW}\n{text}")

    assert {pepper.name_of(one) for one in pepper.all_of(alone)} == {pepper.name_of(OLD.encode())}
    assert {OLD.encode(), f"{OLD}\n".encode(), f"{OLD}\r\n".encode()} <= set(pepper.all_of(alone))
    assert (pepper.is_alone(alone), pepper.digest(alone, b"x").names) == (True, ())
    assert (pepper.is_alone(both), len(set(pepper.digest(both, b"x").names))) == (False, 2)
    assert {*pepper.all_of(pepper.first_of(both))} == {*pepper.all_of(pepper.read(NEW))}
    assert [one.startswith(NEW.encode()) for one in pepper.all_of(both)] == [
        pepper.is_first(both, place) for place in range(len(pepper.all_of(both)))
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_end_of_a_line_behind_one_alone_loses_nothing_when_it_becomes_one_of_several(end: str) -> None:
    """A secret that comes from a file has one; of several each is a line. Each opens the other's."""
    alone, first_of_two = pepper.read(f"{OLD}{end}"), pepper.read(f"{OLD}{end}{NEW}{end}")
    second_of_two, new_alone = pepper.read(f"{NEW}\n{OLD}"), pepper.read(f"{NEW}{end}")

    assert bytes(alone) == f"{OLD}{end}".encode(), "as programs from before hash"
    for before, after in ((alone, first_of_two), (first_of_two, second_of_two), (second_of_two, new_alone)):
        assert bytes(after) in pepper.all_of(before), "what is hashed first opens where the roll has not come to yet"
    assert {bytes(alone), bytes(first_of_two)} <= set(pepper.all_of(first_of_two)) & set(pepper.all_of(second_of_two))


def test_the_first_is_the_pepper_and_the_others_open() -> None:
    both = pepper.read(f"{NEW}\r\n\n{OLD}\n")

    assert both == NEW.encode()
    assert pepper.all_of(both)[:2] == (NEW.encode(), OLD.encode())
    assert pepper.all_of(OLD.encode()) == (OLD.encode(),)


@pytest.mark.parametrize("text", ["", "short", f"{NEW}\nshort", f"{NEW}\n{NEW}"])
def test_one_that_is_short_or_stands_there_twice_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"^Setting CONTEXTFS_KEY_PEPPER: "):
        pepper.read(text)


def test_a_token_has_a_hash_by_each() -> None:
    text = tokens.mint("ctxi", ORG, ORG, os.urandom)
    named = tokens.parse(text, pepper.read(f"{NEW}\n{OLD}"), "ctxi")

    assert named is not None
    assert pepper.digests(named.hash)[:2] == [hmac.digest(one.encode(), text.encode(), "sha256") for one in (NEW, OLD)]
    assert pepper.digests(b"x") == [b"x"]


def test_what_is_signed_with_one_of_them_holds_and_with_no_other() -> None:
    both, stranger = pepper.read(f"{NEW}\n{OLD}"), b"another pepper" * 4
    signed = {
        one: checkpoint.Checkpoint(position=3, hash=b"h", signature=checkpoint.sign(ORG, 3, b"h", one))
        for one in (NEW.encode(), OLD.encode(), stranger)
    }

    assert [True, True, False] == [checkpoint.is_signed(ORG, one, both) for one in signed.values()]
    assert [True, True, False] == [is_meant(ORG, both, csrf_token(ORG, one)) for one in signed]


def test_its_name_gives_nothing_away_and_tells_it_from_others() -> None:
    names = {pepper.name_of(one.encode()) for one in (NEW, OLD)}

    assert len(names) == 2
    assert all(len(name) == 8 for name in names)
    assert pepper.name_of(pepper.read(f"{NEW}\n{OLD}")) == pepper.name_of(NEW.encode())
