"""Languages that a store's settings name: words are found in all their forms, in what is there already too."""

from contextfs.local.search.model import Wanted
from contextfs.local.search.reindexing import reindex
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened, said


def speak(machine: Machine, *codes: str) -> None:
    """Set languages."""
    file = machine.root / ".contextfs/config.toml"
    text = file.read_text().partition("\n[search]")[0]
    file.write_text(f"{text}\n[search]\nlanguages = {list(codes)}\n")


def test_a_word_is_found_in_its_other_forms_once_its_language_is_set(machine: Machine) -> None:
    machine.add("Die Häuser werden im Mai geprüft.")
    machine.add("Все серверы работают.")
    before = [said(machine, query) for query in ("Haus", "сервер")]
    speak(machine, "de", "ru")
    after = [said(machine, query) for query in ("Haus", "сервер")]

    assert before == [[], []]
    assert after == [["Die Häuser werden im Mai geprüft."], ["Все серверы работают."]]


def test_what_is_stored_later_and_what_was_known_then_are_found_as_well(machine: Machine) -> None:
    speak(machine, "de")
    machine.add("Die Häuser werden im Mai geprüft.")
    said(machine, "Haus")
    machine.add("Alle Verträge liegen im Schrank.")

    assert len(said(machine, "Vertrag")) == 1
    assert len(said(machine, "Vertrag", as_of=machine.now)) == 1


def test_the_index_says_that_it_was_made_anew_and_is_no_more_when_nothing_changed(machine: Machine) -> None:
    machine.add("Die Häuser werden im Mai geprüft.")
    found(machine, "Haus")
    speak(machine, "de")

    assert [bool(found(machine, "Haus").notes) for _ in range(2)] == [True, False]


def test_without_languages_the_index_is_as_it_was(machine: Machine) -> None:
    machine.add("Die Häuser werden im Mai geprüft.")
    with opened(machine) as index:
        index.search(Wanted(query="Haus"))
        made = index.base.all("select length, terms from passages join passage_texts using (id)")
    speak(machine)
    reply = found(machine, "Haus")

    assert [note for note in reply.notes if "language" in note] == []
    assert [one["terms"].split()[-6:] for one in made] == [["die", "hauser", "werden", "im", "mai", "gepruft"]]


def test_reindex_keeps_the_languages(machine: Machine) -> None:
    speak(machine, "de")
    machine.add("Die Häuser werden im Mai geprüft.")
    with opened(machine) as index:
        reindex(index)

    assert found(machine, "Haus").notes == []
    assert len(said(machine, "Haus")) == 1


def test_an_index_that_is_only_read_is_asked_in_its_own_languages_and_says_so(machine: Machine) -> None:
    speak(machine, "de")
    machine.add("Die Häuser werden im Mai geprüft.")
    found(machine, "Haus")
    speak(machine, "ru")
    with opened(machine, is_read_only=True) as index:
        reply = index.search(Wanted(query="Haus"))

    assert len(reply.hits) == 1
    assert any("other languages" in note for note in reply.notes)


def test_the_snippet_shows_the_word_in_the_form_that_was_found(machine: Machine) -> None:
    speak(machine, "de")
    machine.add(f"{'Der Plan ist lang. ' * 40}Die Häuser werden im Mai geprüft.{' Der Plan ist lang.' * 40}")

    assert "Häuser" in said(machine, "Haus")[0]


def test_the_form_that_was_asked_for_comes_first(machine: Machine) -> None:
    speak(machine, "de")
    for text in ("Das Haus ist grün gestrichen.", "Die Häuser sind blau gestrichen.", "Dem Hause fehlt ein Dach."):
        machine.add(text)

    assert [said(machine, query)[0].split()[1] for query in ("Haus", "Häuser", "Hause")] == ["Haus", "Häuser", "Hause"]
    assert len(said(machine, "Häuser")) == 3
