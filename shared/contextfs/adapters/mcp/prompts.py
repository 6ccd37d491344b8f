"""The prompts that a person can choose: begin with what is known, end by keeping what was learned."""

from typing import Final

import msgspec

from contextfs.adapters.mcp import model, text
from contextfs.adapters.mcp.port import Source
from contextfs.kit.errors import Invalid


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt: its name, what a person reads about it, and the name of the one argument that it takes, if any."""

    name: str
    title: str
    about: str
    argument: str | None = None


BEGIN: Final = Prompt(
    name="contextfs_begin",
    title="Begin with what is known",
    about="Hands over what earlier conversations know about a task.",
    argument="task",
)
KEEP: Final = Prompt(
    name="contextfs_keep",
    title="Keep what was learned",
    about="Has the assistant store what this conversation settled.",
)
PROMPTS: Final = (BEGIN, KEEP)

_KEEP = (
    "Look back over this conversation. For each thing that a later conversation needs to know and that is settled - a "
    "decision with its reason, a fact about this project, a procedure that worked, a preference of mine - call "
    "contextfs_remember once, in a sentence or two that stand alone. Leave out what the code itself shows, what is "
    "still open, and all secrets. Then tell me in one line for each what you stored."
)


def prompt(source: Source, name: str, arguments: dict[str, str]) -> str:
    """Write a prompt; Invalid when there is none of the name, or its argument is missing."""
    if name == KEEP.name:
        return _KEEP
    if name != BEGIN.name:
        raise Invalid(f"There is no prompt {name!r}; there are {', '.join(one.name for one in PROMPTS)}.")
    task = arguments.get("task", "").strip()
    if not task:
        raise Invalid("task is missing: say what is to be done.")
    return f"{task}\n\n{text.packed(source.context(model.Context(task=task[:10_000])))}"
