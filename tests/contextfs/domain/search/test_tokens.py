"""The words of a text, and the numbers that stand for them."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search import tokens
from contextfs.domain.search.tokens import (
    DIMENSIONS,
    dimension,
    ends_otherwise,
    fingerprint,
    pieces,
    query_terms,
    term_key,
    terms,
)

SCOPE = UUID("0192f3a4-7c1e-7b3a-9d2e-1f2a3b4c5d6e")
ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max_retry_count", ["max_retry_count", "max", "retri", "count"]),
        ("parseHTML2", ["parsehtml2", "pars", "html"]),
        ("AuthError", ["autherror", "auth", "error"]),
        ("src/auth/login.py", ["src/auth/login.py", "src", "auth", "login.py", "login", "py"]),
        ("os.path.join", ["os.path.join", "os", "path", "join"]),
        ("std::vector", ["std::vector", "std", "vector"]),
        ("ERR_CONN_REFUSED", ["err_conn_refused", "err", "conn", "refus"]),
        ("TS2345", ["ts2345", "ts", "2345"]),
        ("ORA-00942", ["ora-00942", "ora", "00942"]),
        ("--no-verify", ["no-verify", "no", "verifi"]),
        ("__init__", ["init"]),
        ("URLs url", ["url", "url"]),
        ("C++ and C#", ["c++", "and", "c#"]),
        ("v3.5", ["v3.5", "v3"]),
        ("I/O", ["i/o"]),
    ],
)
def test_an_identifier_is_kept_whole_and_in_parts(text: str, expected: list[str]) -> None:
    assert expected == terms(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café NAÏVE", "cafe naive"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("e\u0301clair", "éclair"),
        ("ＡＢＣ１２３", "abc123"),
        ("ﬁne", "fine"),
        ("Jon's", "jon"),
        ("don\u2019t", "don't"),
        ("deciding", "decided"),
        ("ガ", "ｶﾞ"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert terms(other) == terms(one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京タワー", ["東京", "京タ", "タワ", "ワー"]),
        ("犬", ["犬"]),
        ("漢字test", ["漢字", "test"]),
        ("데이터 검색", ["데이", "이터", "검색"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("", []),
        ("?! …", []),
    ],
)
def test_other_scripts(text: str, expected: list[str]) -> None:
    assert expected == terms(text)


def test_a_blob_stays_opaque() -> None:
    digest = "9F86d081884C7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    assert [digest.lower()] == terms(digest)


@given(ANY_TEXT)
def test_any_text_has_terms_that_are_clean(text: str) -> None:
    found = terms(text)

    assert all(term and not any(c.isspace() for c in term) and len(term) <= 128 * 4 for term in found)


@given(ANY_TEXT, ANY_TEXT)
def test_texts_apart_do_not_touch(one: str, other: str) -> None:
    assert terms(one) + terms(other) == terms(f"{one}\n|\n{other}")


@given(ANY_TEXT)
def test_pieces_lie_in_the_text_in_order(text: str) -> None:
    found = list(pieces(text))

    assert all(start < end <= len(text) and there for start, end, there in found)
    assert all(first[0] <= second[0] for first, second in pairwise(found))


def test_pieces_are_where_they_say() -> None:
    text = "Café 東京タワー in login_page"

    assert ["Café", "東京", "京タ", "タワ", "ワー", "in", "login_page"] == [text[a:b] for a, b, _ in pieces(text)]


def test_a_query_drops_stop_words_and_repeats() -> None:
    assert ["rotat", "token"] == query_terms("How do we rotate the tokens, and what rotates?")


@given(ANY_TEXT)
def test_a_query_is_never_emptied_silently(text: str) -> None:
    assert bool(terms(text)) == bool(query_terms(text))


def test_a_query_of_stop_words_keeps_them() -> None:
    assert ["who", "is", "it"] == query_terms("Who is it?")


def test_keys_are_stable() -> None:
    assert (628277859, 305020630) == (term_key(UUID(int=1), "login"), dimension("login"))


@given(ANY_TEXT)
def test_keys_fit_their_columns(term: str) -> None:
    assert 1 <= term_key(SCOPE, term) < 2**31
    assert 1 <= dimension(term) <= DIMENSIONS < 1_000_000_000


def test_keys_differ_between_tenants() -> None:
    assert term_key(SCOPE, "login") != term_key(UUID(int=1), "login")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Use **ES256**.", "use es256", True),
        ("We decided it", "we  decide it!", True),
        ("use tabs", "do not use tabs", False),
        ("x == y", "x != y", False),
        ("limit is -1", "limit is 1", False),
        ("a then b", "b then a", False),
        ("!!!", "???", False),
    ],
)
def test_fingerprints(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert same == (fingerprint(one) == fingerprint(other))


@given(st.text(st.characters(max_codepoint=127)) | st.text("aZ9_.-/'+# "))
def test_ascii_is_cut_as_any_other_text_is(text: str) -> None:
    assert tokens._CHUNK.findall(text) == tokens._PLAIN_CHUNK.findall(text)  # pyright: ignore[reportPrivateUsage]


@given(st.from_regex("[A-Za-z0-9]{1,12}", fullmatch=True))
def test_a_plain_word_is_what_splitting_leaves_of_it(word: str) -> None:
    split = tokens._identifier(word, 0)  # pyright: ignore[reportPrivateUsage]

    assert split == terms(word)


@given(
    ANY_TEXT
    | st.lists(st.sampled_from(["Was", "were", "parseHTML2", "a_b", "running", "Ünder", "it's", "C++"])).map(" ".join)
)
def test_what_begins_otherwise_is_passed_over_and_nothing_else(text: str) -> None:
    wanted = "wrü"

    assert [one for one in pieces(text) if any(term[0] in wanted for term in one[2])] == [
        one for one in pieces(text, initials=wanted) if any(term[0] in wanted for term in one[2])
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("сервер", True),
        ("خادم 5433", True),
        ("migración", True),
        ("server", False),
        ("再起動 server", False),
        ("→ 5", False),
    ],
)
def test_a_word_of_another_language_is_known_by_its_letters(text: str, *, expected: bool) -> None:
    assert ends_otherwise(text) is expected
