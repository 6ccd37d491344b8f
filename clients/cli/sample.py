"""The sample that a fresh platform starts with: three short conversations in a project of their own."""

from pathlib import Path

from clients.cli.transfer import Sender, Tally, conversations
from contextfs.client import ContextFS
from contextfs.kit.errors import Conflict

PROJECT = "sample"
FOLDER = Path(__file__).parent / "samples"


def bring(client: ContextFS) -> Tally:
    """Import the sample by the same way as everything else; a second time adds nothing."""
    try:
        project = client.projects.create(
            PROJECT, description="Three conversations to try things with. Delete it freely."
        )
    except Conflict:
        project = next(iter(client.projects.list(name=PROJECT)))
    tally = Tally()
    files = sorted(FOLDER.glob("*.jsonl"))
    pairs = conversations("claude-code", files, tally, tags=["sample"])
    for _ in Sender(client, project.id, tally, wait_for="searchable").send_all(pairs):
        pass
    return tally
