"""A search of a local store with a misspelled word finds what is meant, and says so."""

import pytest

from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found

NOTE = "\u201cdecison\u201d was not found: \u201cdecision\u201d was searched instead."


@pytest.mark.parametrize("mode", ["hybrid", "graph"])
def test_a_misspelled_word_is_looked_for_as_it_was_meant(machine: Machine, mode: str) -> None:
    machine.add("The decision about the cluster is open.")
    machine.add("The cluster has three nodes, the cluster is large.")

    reply = found(machine, "cluster decison", mode=mode)
    right = found(machine, "cluster decision", mode=mode)

    assert ([NOTE], []) == (reply.notes, right.notes)
    assert right.hits == reply.hits
    assert "decision" in reply.hits[0].snippet


def test_where_nothing_is_found_there_is_nothing_to_mend_a_word_by(machine: Machine) -> None:
    machine.add("The decision about the cluster is open.")

    (note,) = found(machine, "decison").notes

    assert "shares a word" in note


def test_filters_hold_for_what_was_meant(machine: Machine) -> None:
    machine.add("The decision about the cluster is open.", tags=["db"])
    machine.add("The decision about the cluster is secret.")

    reply = found(machine, "tag:db cluster decison")

    assert ([NOTE], ["open"]) == (reply.notes, [hit.snippet.rstrip(".").split()[-1] for hit in reply.hits])
