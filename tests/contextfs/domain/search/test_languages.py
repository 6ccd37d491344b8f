"""Words of other languages than English: their forms find each other, and English stays what it is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contextfs.domain.search.bm25 import weights
from contextfs.domain.search.snippet import snippet
from contextfs.domain.search.stemmers import length, share
from contextfs.domain.search.tokens import are_small, ends_otherwise, query_terms, terms
from contextfs.kit.languages import ENGLISH, NAMES

WORDS = {
    "ar": ["الخوادم", "خوادم"],
    "ca": ["decisions", "decisió"],
    "cs": ["servery", "server"],
    "da": ["servere", "serveren"],
    "de": ["Häuser", "Haus", "Hauses"],
    "el": ["διακομιστές", "διακομιστή"],
    "eo": ["serviloj", "servilo"],
    "es": ["decidimos", "decidido"],
    "et": ["serverid", "serverite"],
    "eu": ["zerbitzariak", "zerbitzaria"],
    "fa": ["سرورها", "سرور"],
    "fi": ["palvelimet", "palvelimen"],
    "fr": ["déploiements", "déployé", "déployer"],
    "ga": ["bhfuinneog", "fuinneog"],
    "hi": ["किताबें", "किताब"],
    "hu": ["döntések", "döntés"],
    "hy": ["սերվերներ", "սերվեր"],
    "id": ["membaca", "bacaan"],
    "it": ["riunioni", "riunione"],
    "lt": ["serveriai", "serveris"],
    "ne": ["किताबहरू", "किताब"],
    "nl": ["huizen", "huis"],
    "no": ["databaser", "databasen"],
    "pl": ["serwery", "serwer", "serwera"],
    "pt": ["configurações", "configuração"],
    "ro": ["deciziile", "decizie"],
    "ru": ["серверы", "сервер", "серверов"],
    "sr": ["сервери", "сервера"],
    "st": ["dibuka", "dibukeng"],
    "sv": ["databaser", "databasen"],
    "ta": ["புத்தகங்கள்", "புத்தகம்"],
    "tr": ["kararlar", "karar"],
    "yi": ["שרײַבן", "שרײַבט"],
}
"""Of each language, forms of one word."""

ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("aäÄßeéøñöuıİçстерывأβςά\u0301\u0308किता'-_./Aa1 "))
ANY_LANGUAGES = st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=4, unique=True).map(sorted).map(tuple)


@pytest.mark.parametrize("code", WORDS)
def test_the_forms_of_a_word_share_a_term_that_english_does_not_give(code: str) -> None:
    first, *others = [{*terms(word, (code,))} for word in WORDS[code]]

    assert all(first & other for other in others)
    assert not any({*terms(WORDS[code][0])} & {*terms(word)} for word in WORDS[code][1:])


def test_every_language_that_can_be_set_is_tried() -> None:
    assert WORDS.keys() == NAMES.keys()


@given(ANY_TEXT, ANY_LANGUAGES)
@example("\u0301 e\u0301 L\u2019été prüfeHTML", ("de", "fr"))
def test_other_languages_add_terms_and_change_none(text: str, languages: tuple[str, ...]) -> None:
    found = terms(text, languages)
    english = terms(text)

    assert english == found[: len(english)]
    assert all(term[2] == ":" and term[:2] in languages for term in found[len(english) :])


@given(ANY_TEXT, ANY_LANGUAGES)
def test_what_a_text_is_worth_stays_about_what_it_is_in_english(text: str, languages: tuple[str, ...]) -> None:
    said = terms(text, languages)

    assert length(said, languages) <= 2 * len(terms(text)) + 1
    assert all(0 < share(term, languages) <= 1 for term in said)


def test_the_terms_of_a_word_count_as_one_together() -> None:
    english = weights(terms("Häuser am Fluss"), average_length=60.0)
    german = weights(terms("Häuser am Fluss", ("de",)), average_length=60.0, languages=("de",))

    assert sum(german.values()) == pytest.approx(sum(english.values()))


def test_a_word_has_terms_in_the_languages_of_its_script_alone() -> None:
    assert terms("Häuser серверы", ("de", "ru")) == ["hauser", "серверы", "de:haus", "ru:сервер"]


def test_an_identifier_stays_whole_and_its_parts_are_found_as_words() -> None:
    assert {"src/fenster/ladehauser.py", "de:fenst", "de:lad", "de:haus"} <= {
        *terms("src/fenster/ladeHauser.py", ("de",))
    }


def test_without_its_accents_a_word_is_found_as_it_is_in_english() -> None:
    assert {*terms("configuracao", ("pt",))} & {*terms("configuração", ("pt",))}


def test_the_small_words_of_the_languages_that_are_set_are_left_out_of_a_query() -> None:
    assert query_terms("Wo ist der Server?", ("de",)) == ["server", "de:serv"]
    assert query_terms("где сервер", ("ru",)) == ["сервер", "ru:сервер"]
    assert are_small(query_terms("wo ist der", ("de",)), ("de",))
    assert "der" in query_terms("Wo ist der Server?", ENGLISH)


def test_only_what_no_language_covers_ends_otherwise() -> None:
    assert ends_otherwise("серверы", ("de",))
    assert not ends_otherwise("серверы", ("ru",))
    assert not ends_otherwise("Häuser", ("de",))


def test_a_snippet_shows_a_word_whose_form_begins_otherwise() -> None:
    text = f"{'rumah besar ' * 40}membaca {'rumah besar ' * 40}"

    assert "membaca" in snippet(text, query_terms("baca", ("id",)), languages=("id",))


def test_a_blob_stays_opaque_in_any_language() -> None:
    digest = "9F86d081884C7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    assert [digest.lower()] == terms(digest, ("de", "es", "fr"))


def test_english_words_of_some_weight_stay_in_a_question() -> None:
    weighty = "ai bin care ci comment con dir era fi io met min non os plus pro son ten van var"

    assert weighty.split() == [word for word in weighty.split() if not are_small(terms(word), tuple(sorted(NAMES)))]
