"""`ctx admin reindex`."""

import json

from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx


def test_without_an_embedder_it_says_what_to_set_and_fails(ctx: Ctx) -> None:
    told = ctx("admin", "reindex")

    assert told.code == 1
    assert "CONTEXTFS_EMBEDDER" in told.out


def test_the_status_is_told_to_people_and_to_programs(ctx: Ctx, client: ContextFS) -> None:
    people, programs = ctx("admin", "reindex", "--status"), ctx("admin", "reindex", "--status", "--json")

    assert (people.code, people.out) == (0, "There are no vectors yet: they come with the first passages.\n")
    assert json.loads(programs.out) == {
        "model": None,
        "serving": None,
        "building": None,
        "problem": None,
        "languages": [],
        "outdated": 0,
    }
