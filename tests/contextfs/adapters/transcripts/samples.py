"""Samples of transcripts, and what tests ask of them."""

from pathlib import Path

from contextfs.adapters.transcripts import paths_in, read_path
from contextfs.adapters.transcripts.model import Transcript, Usage

DATA = Path(__file__).parents[3] / "data" / "transcripts"


def sessions(tool: str, name: str = "") -> list[Transcript]:
    """Read a sample's sessions; an error is raised."""
    read: list[Transcript] = []
    for path, result in read_path(tool, DATA / tool / name):
        if path.name == "LICENCES.md":
            continue
        if not isinstance(result, list):
            raise result
        read += result
    return read


def session(tool: str, name: str) -> Transcript:
    """Read the one session of a sample."""
    [one] = sessions(tool, name)
    return one


def said(one: Transcript, kind: str = "prompt") -> list[str]:
    """Give the contents of one kind of message."""
    return [message.content for message in one.messages if message.kind == kind]


def unread(before: Transcript, after: Transcript) -> set[str]:
    """Name what was read before, and is neither read nor known to be off the conversation any more."""
    off = {*after.left, *after.aside}
    return {one.external_id for one in before.messages} - {one.external_id for one in after.messages} - off


def order(one: Transcript) -> list[tuple[str, int]]:
    """Give each message's kind, and how many tools it calls."""
    return [(message.kind, len(message.tool_calls)) for message in one.messages]


def spent(one: Transcript) -> tuple[int, int, int, int]:
    """Give the tokens: input, output, cache read, reasoning."""
    usage: Usage = one.usage
    return usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.reasoning_tokens


def place(one: Transcript) -> tuple[str, str | None, str | None, str | None]:
    """Give the session's id, folder, branch and model."""
    return one.external_id, one.cwd, one.git_branch, one.model


def files_of(tool: str) -> list[Path]:
    """List a tool's sample files."""
    return paths_in(tool, DATA / tool)
