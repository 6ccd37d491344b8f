"""What stands in two files is kept once, and each file is again what it was."""

import zlib
from hashlib import sha256
from pathlib import PurePath
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.kit.zstd import zstd
from contextfs.local.records.pieces import Piece, again, cut, joined, name_in

ONE, OTHER = "5e231473-1e70-45c5-9c18-6510ac844c99", "f744aef5-5139-4c21-91e5-3f44ce902105"


def whole(pieces: list[Piece], name: str) -> bytes:
    return b"".join(joined(piece.data, name) for piece in pieces)


def history(lines: int, session: str, seed: int = 1) -> list[bytes]:
    random = Random(seed)  # noqa: S311 - repeatable
    return [f'{{"sessionId":"{session}","n":{n},"t":"{random.randbytes(700).hex()}"}}\n'.encode() for n in range(lines)]


@given(st.lists(st.binary(max_size=60)), st.sampled_from(["", ONE, "a"]))
@settings(max_examples=200, deadline=None)
def test_what_is_cut_is_joined_to_what_it_was(records: list[bytes], name: str) -> None:
    pieces = list(cut(records, name))

    assert b"".join(records) == whole(pieces, name)
    assert sum(map(len, records)) >= sum(piece.size for piece in pieces) or not name


def test_a_fork_that_copies_history_adds_what_it_went_on_with() -> None:
    told = list(cut(history(300, ONE), ONE))
    forked = list(cut([*history(300, OTHER), *history(20, OTHER, seed=2)], OTHER))

    new = {piece.hash for piece in forked} - {piece.hash for piece in told}
    assert len(told) > 5
    assert len(new) <= 2
    assert b"".join(history(300, ONE)) == whole(told, ONE)


def test_a_file_that_grew_changes_its_last_piece() -> None:
    before, after = list(cut(history(300, ONE), ONE)), list(cut(history(330, ONE), ONE))

    assert before[:-1] == after[: len(before) - 1]


def test_a_document_on_one_line_shares_what_it_did_not_change() -> None:
    document = b'{"messages":[' + b",".join(line.strip() for line in history(400, "")) + b"]}"
    grown = document[:-2] + b"," + history(1, "", seed=3)[0].strip() + b"]}"
    before, after = list(cut([document], "")), list(cut([grown], ""))

    assert len(before) > 3
    assert len({piece.hash for piece in after} - {piece.hash for piece in before}) <= 2
    assert grown == whole(after, "")


def test_a_piece_is_called_by_what_it_holds() -> None:
    [piece] = cut([b"a\n"], "")

    assert sha256(zstd().decompress(piece.data)).digest() == piece.hash


def test_a_piece_that_was_packed_by_zlib_is_read() -> None:
    assert joined(zlib.compress(b"nsays \0"), "me") == b"says me"
    assert joined(again(zlib.compress(b"nsays \0"), b"said me", "me").data, "me") == b"said me"


def test_a_session_is_called_as_its_file() -> None:
    assert name_in(PurePath(f"rollout-2026-01-01T00-00-00-{ONE}.jsonl")) == ONE
    assert not name_in(PurePath("chat.md"))
