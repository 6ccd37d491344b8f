"""Questions of our own about real coding sessions: their transcripts are fetched by whoever measures, and read here.

`python -m benchmarks.retrieval.coding --transcripts FOLDER --out FILE.json` reads every session that the questions are
about with the product's own importers, wherever it lies below the folders, and writes the benchmark's form. What ships
are questions, and the ids of the messages that answer them. A project without all of its sessions is left out, by name.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.retrieval.data import Asked, Conversation, Turn
from contextfs.adapters.transcripts import read_path
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "tests" / "data" / "retrieval" / "coding.json"
SAMPLES = ROOT / "clients" / "cli" / "samples"
_SAID = frozenset({"prompt", "reply", "summary"})


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions about one piece of work, and what a developer asks about them weeks later."""

    name: str
    half: str
    """The data set that it belongs to: weights may be fitted on one, the other one judges them."""
    source: str
    licence: str
    tool: str
    sessions: list[str]
    """What the tool calls them."""
    questions: list[Asked]


def labels() -> list[Project]:
    """Read the questions."""
    return msgspec.json.decode(LABELS.read_bytes(), type=list[Project])


def built(folders: Sequence[Path], projects: Iterable[Project]) -> Iterator[tuple[Project, Conversation | None]]:
    """Give each project's conversation, or None where a session of it lies in none of the folders."""
    found: dict[tuple[str, str], Transcript] = {}
    for project in projects:
        if not any(tool == project.tool for tool, _ in found):
            found |= {(project.tool, one.external_id): one for one in _transcripts(project.tool, folders)}
        sessions = [found.get((project.tool, one)) for one in project.sessions]
        there = [one for one in sessions if one is not None]
        yield project, _conversation(project, there) if len(there) == len(sessions) else None


def main(arguments: list[str]) -> int:
    """Write the file; 1 when there is nothing to write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval.coding", description=__doc__)
    parser.add_argument("--transcripts", type=Path, action="append", default=[], help="a folder of transcripts")
    parser.add_argument("--out", type=Path, required=True, help="write labelled conversations here")
    asked = parser.parse_args(arguments)
    data: dict[str, list[Conversation]] = {}
    for project, conversation in built([SAMPLES, *asked.transcripts], labels()):
        if conversation is None:
            sys.stderr.write(f"{project.name} is left out: not all of its sessions are there ({project.source}).\n")
        else:
            data.setdefault(project.half, []).append(conversation)
    asked.out.write_bytes(msgspec.json.encode(data))
    return 0 if data else 1


def _transcripts(tool: str, folders: Sequence[Path]) -> Iterator[Transcript]:
    for folder in reversed(folders):
        for _, read in read_path(tool, folder):
            if isinstance(read, list):
                yield from read


def _conversation(project: Project, sessions: Sequence[Transcript]) -> Conversation:
    turns = [turn for session in sessions for turn in _turns(session)]
    return Conversation(project.name, ["user", "assistant"], turns, project.questions)


def _turns(session: Transcript) -> Iterator[Turn]:
    for message in session.messages:
        if message.kind in _SAID and message.content.strip():
            date = message.created_at.isoformat() if message.created_at else None
            yield Turn(message.external_id, session.external_id, _speaker(message), message.content, date)


def _speaker(message: TranscriptMessage) -> str:
    return "user" if message.role == "user" else "assistant"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
