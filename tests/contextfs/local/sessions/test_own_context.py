"""What we handed to a tool comes back in its transcript, and is learned by none of the ways in; what is typed is."""

from pathlib import Path

import pytest

from clients.cli.here.importing import keep_all
from clients.cli.here.records import Read
from clients.cli.taking.reading import Tally
from contextfs.adapters.transcripts import reader
from contextfs.adapters.transcripts.normalised import normalised
from contextfs.kit.fence import FENCE
from contextfs.local.model import MemoryQuery
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from tests.contextfs.adapters.transcripts.test_loop import samples
from tests.contextfs.local.places import Machine

OURS, TYPED = "We decided to use Kafka for the events.", "We decided to use Postgres for the queue."
PACK = f'<{FENCE} source="memory">\n- {OURS} (m-1)\n</{FENCE}>'


@pytest.mark.parametrize("tool", sorted(samples(TYPED)))
def test_a_pack_in_a_prompt_is_not_learned_and_the_words_beside_it_are(tool: str, machine: Machine) -> None:
    read = reader(tool).read(samples(f"{PACK}\n\n{TYPED}")[tool], name="s")
    tally = Tally()
    with machine.open() as store:
        sessions = LocalSessions(store)
        for _ in keep_all(sessions, (Read(Path("s"), normalised(one), is_new_reading=False) for one in read), tally):
            pass
        learning.finish(sessions)
        learned = [one.content for one in store.page(MemoryQuery(type="decision"))]

    assert tally.failed == []
    assert learned == [TYPED]
