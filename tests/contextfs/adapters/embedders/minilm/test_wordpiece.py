"""WordPiece: laws for any text by a small vocabulary, and known texts by the real one."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.embedders.minilm import weights
from contextfs.adapters.embedders.minilm.embedder import SHA256
from contextfs.adapters.embedders.minilm.wordpiece import LONGEST_WORD, LOOKED_AT, WordPiece

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
LETTERS = [f"{prefix}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" for prefix in ("", "##")]
VOCABULARY = [*SPECIAL, *LETTERS, *"0123456789.,!?-_", "un", "##able", "##aff", "data", "##base", "漢", "字"]
SMALL = WordPiece(VOCABULARY)
UNKNOWN, FIRST, LAST = 1, 2, 3


def pieces(text: str) -> list[str]:
    return [VOCABULARY[number] for number in SMALL(text, 256)[1:-1]]


@pytest.fixture(scope="module")
def real(model_file: Path) -> WordPiece:
    return WordPiece(weights.read(model_file, SHA256)["vocabulary"].tobytes().decode().split("\n"))


@settings(deadline=None)
@given(text=st.text(), limit=st.integers(2, 300))
def test_any_text_becomes_known_numbers_between_the_two_ends(text: str, limit: int) -> None:
    numbers = SMALL(text, limit)

    assert numbers[0] == FIRST
    assert numbers[-1] == LAST
    assert 2 <= len(numbers) <= limit
    assert all(0 <= number < len(VOCABULARY) for number in numbers)


@settings(deadline=None)
@given(text=st.text(st.characters(categories=["Cs", "Co", "Cn", "Cc", "Cf", "Mn", "So"])))
def test_strange_characters_are_unknown_or_nothing(text: str) -> None:
    assert {FIRST, UNKNOWN, LAST} >= set(SMALL(text, 256))


@settings(deadline=None)
@given(text=st.text(st.characters(max_codepoint=127)))
def test_case_of_ascii_does_not_matter(text: str) -> None:
    assert SMALL(text.lower(), 256) == SMALL(text.upper(), 256)


@settings(deadline=None)
@given(text=st.text())
def test_composed_and_decomposed_text_are_one(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert SMALL(composed, 256) == SMALL(decomposed, 256)


@settings(deadline=None)
@given(text=st.text(), limit=st.integers(2, 20))
def test_a_limit_only_cuts_the_end(text: str, limit: int) -> None:
    assert SMALL(text, 10_000)[: limit - 1] == SMALL(text, limit)[:-1] or len(SMALL(text, 10_000)) <= limit


@settings(deadline=None)
@given(texts=st.lists(st.text(), max_size=5))
def test_spaces_part_texts(texts: list[str]) -> None:
    assert [piece for text in texts for piece in pieces(text)] == pieces(" ".join(texts))


def test_the_longest_piece_is_taken_first() -> None:
    assert pieces("unaffable database") == ["un", "##aff", "##able", "data", "##base"]


def test_accents_are_lost() -> None:
    assert pieces("é") == ["e"]


def test_each_cjk_character_is_a_word() -> None:
    assert pieces("a漢字b") == ["a", "漢", "字", "b"]


def test_each_punctuation_mark_is_a_word() -> None:
    assert pieces("a_b?!") == ["a", "_", "b", "?", "!"]


def test_control_characters_join_what_they_stand_between() -> None:
    assert pieces("da\0t\u200ba") == ["data"]


def test_a_line_end_parts_words() -> None:
    assert pieces("a\r\nb\tc") == ["a", "b", "c"]


def test_a_word_with_an_unknown_part_is_unknown_as_a_whole() -> None:
    assert pieces("aλb c") == ["[UNK]", "c"]


def test_a_word_of_the_longest_length_is_looked_at() -> None:
    assert pieces("a" * LONGEST_WORD) == ["a"] + ["##a"] * (LONGEST_WORD - 1)


def test_a_longer_word_is_unknown() -> None:
    assert pieces("a" * (LONGEST_WORD + 1)) == ["[UNK]"]


def test_only_the_first_characters_of_a_huge_text_are_looked_at() -> None:
    assert pieces("\n" * LOOKED_AT + "a") == []


def test_text_cannot_name_the_special_pieces() -> None:
    assert not {FIRST, LAST} & set(SMALL("[CLS] [SEP]", 256)[1:-1])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("Hello, world!", [7592, 1010, 2088, 999]),
        (
            "The quick brown fox jumps over the lazy dog.",
            [1996, 4248, 2829, 4419, 14523, 2058, 1996, 13971, 3899, 1012],
        ),
        ("unaffable", [14477, 20961, 3468]),
        ("Café naïve Ångström", [7668, 15743, 17076, 15687]),
        ("東京 is Tokyo", [1879, 1755, 2003, 5522]),
        ("don't use C++ at $5", [2123, 1005, 1056, 2224, 1039, 1009, 1009, 2012, 1002, 1019]),
        ("PostgreSQL embeddings", [2695, 17603, 2015, 4160, 2140, 7861, 8270, 4667, 2015]),
        ("\N{GRINNING FACE}", [100]),
    ],
)
def test_known_texts_have_the_numbers_of_bert(real: WordPiece, text: str, numbers: list[int]) -> None:
    assert [101, *numbers, 102] == real(text, 256)
