"""Fingerprints: texts that differ in spacing, case and punctuation alone have one."""

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.memories.rules import _words, fingerprint  # pyright: ignore[reportPrivateUsage] - two ways, one result


@given(st.text(st.characters(max_codepoint=127)))
def test_the_quick_way_for_plain_texts_gives_what_the_other_one_does(text: str) -> None:
    assert f"{_words(text)} é".strip() == _words(f"{text} é")


def test_spacing_case_and_punctuation_do_not_matter() -> None:
    assert fingerprint("fact", "We deploy on_Thursdays.") == fingerprint("memory_fact", "  we DEPLOY\non thursdays")
