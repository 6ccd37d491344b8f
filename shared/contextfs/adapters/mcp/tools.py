"""The table of our tools: what each is for, what it takes, and what it does to the world.

Every word here is paid for in every conversation of every user: together they stay below 1,500 tokens.
"""

from typing import Any, cast

import msgspec

from contextfs.adapters.mcp import model
from contextfs.kit.errors import Invalid
from contextfs.kit.expected import in_words

_NEEDLESS = frozenset({"title", "minLength", "maxLength", "pattern"})


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool: its name, what a model reads about it, its arguments, and whether it only reads."""

    name: str
    title: str
    about: str
    takes: type[msgspec.Struct]
    reads_only: bool = True

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments."""
        return schema_of(self.takes)


TOOLS: tuple[Tool, ...] = (
    Tool(
        name="contextfs_search",
        title="Search memory",
        about=(
            "Find what is known from earlier conversations of this project: decisions, facts, procedures, preferences "
            "and what was said. Gives ids and snippets; contextfs_recall gives a memory whole."
        ),
        takes=model.Search,
    ),
    Tool(
        name="contextfs_context",
        title="Context for a task",
        about="Get the memories that matter for a task in one pack within a token budget. Good at the start of work.",
        takes=model.Context,
    ),
    Tool(
        name="contextfs_recall",
        title="Recall memories",
        about="Read memories whole.",
        takes=model.Recall,
    ),
    Tool(
        name="contextfs_remember",
        title="Remember",
        about=(
            "Store something worth knowing in later conversations, once it is settled. Secrets are taken out; what is "
            "known already is not stored twice."
        ),
        takes=model.Remember,
        reads_only=False,
    ),
    Tool(
        name="contextfs_list_sessions",
        title="List conversations",
        about="List earlier conversations, newest first.",
        takes=model.ListSessions,
    ),
    Tool(
        name="contextfs_get_session",
        title="Read a conversation",
        about="Read a part of an earlier conversation.",
        takes=model.GetSession,
    ),
)
"""Every tool, in the order in which models see them."""


def schema_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Write a Struct as a small JSON Schema: no titles, nothing that may be null, no references."""
    found = msgspec.json.schema(struct)["$defs"][struct.__name__]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _lean(value) for name, value in found["properties"].items()},
        "additionalProperties": False,
    }
    return schema | ({"required": found["required"]} if found.get("required") else {})


def read(struct: type[msgspec.Struct], arguments: object) -> Any:
    """Read a call's arguments; Invalid tells the model which one is wrong, and what it may be."""
    try:
        return msgspec.convert(arguments, type=struct)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        named = where.rstrip("`") or "arguments"
        takes = ", ".join(struct.__struct_fields__)
        raise Invalid(f"{named}: {in_words(what)}. This tool takes {takes}.") from None


def _lean(value: dict[str, Any]) -> dict[str, Any]:
    """Take out what a model does not need, or its provider does not read; what is left out is still checked here."""
    kinds = cast("list[dict[str, Any]]", value.get("anyOf", []))
    if kinds:
        [kept] = [kind for kind in kinds if kind != {"type": "null"}]
        return _lean({name: one for name, one in value.items() if name != "anyOf" and one is not None} | kept)
    lean = {name: one for name, one in value.items() if name not in _NEEDLESS and one is not None}
    return lean | ({"items": _lean(lean["items"])} if "items" in lean else {})
