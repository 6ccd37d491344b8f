"""The sample that a fresh platform starts with: three short conversations in a project of their own."""

from pathlib import Path
from typing import Any

from clients.cli.taking.reading import Tally, conversations
from clients.cli.taking.transfer import Sender
from contextfs.client import ContextFS
from contextfs.kit.errors import Conflict

PROJECT = "sample"
FOLDER = Path(__file__).parent / "samples"

_ABOUT = "Three invented conversations to try things with. Delete the project when you have seen enough."


def bring(url: str, key: str) -> dict[str, Any]:
    """Import the sample the way everything is imported; a second time adds nothing. Gives the figures."""
    with ContextFS(url, key) as client:
        try:
            project = client.projects.create(PROJECT, description=_ABOUT)
        except Conflict:
            project = next(iter(client.projects.list(name=PROJECT)))
        tally = Tally()
        pairs = conversations("claude-code", sorted(FOLDER.glob("*.jsonl")), tally, tags=["sample"])
        for _ in Sender(client, project.id, tally, wait_for="searchable").send_all(pairs):
            pass
    return {"project": project.name, "project_id": str(project.id)} | tally.shown()
