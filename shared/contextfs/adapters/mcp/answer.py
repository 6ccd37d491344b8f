"""Answers a call of a tool, a resource or a prompt: arguments in, text out. It knows no transport."""

from collections.abc import Callable
from typing import Any, Final

from contextfs.adapters.mcp import model, text
from contextfs.adapters.mcp.port import Source
from contextfs.adapters.mcp.tools import TOOLS, read
from contextfs.kit.errors import ContextFSError, Invalid, NotAllowed, NotAuthenticated, NotFound, Unavailable

MEMORY: Final = "contextfs://memory/"
SESSION: Final = "contextfs://session/"

_MOST_OF_A_SESSION = 100
NAMES: Final = frozenset(one.name for one in TOOLS)

_TAKES = {one.name: one.takes for one in TOOLS}
_CURES: Final[tuple[tuple[type[ContextFSError], str], ...]] = (
    (NotFound, "contextfs_search and contextfs_list_sessions give ids that exist."),
    (NotAuthenticated, "Tell the user: this server needs a key."),
    (NotAllowed, "Tell the user: the key lacks this permission. Go on without it."),
    (Invalid, "Correct the arguments and call again."),
    (Unavailable, "Go on without memory, and tell the user; trying again later may help."),
)


def tool(source: Source, name: str, arguments: dict[str, Any]) -> str:
    """Call a tool; errors are those of `contextfs.kit.errors`, NotFound for a name that is no tool."""
    if name not in _TAKES:
        raise Invalid(f"There is no tool {name!r}; there are {', '.join(_TAKES)}.")
    wanted = read(_TAKES[name], arguments)
    return _CALLS[name](source, wanted)


def resource(source: Source, uri: str) -> str:
    """Read `contextfs://memory/{id}` or `contextfs://session/{id}`."""
    if uri.startswith(MEMORY):
        return text.recalled([source.recall(uri.removeprefix(MEMORY))])
    if uri.startswith(SESSION):
        wanted = model.GetSession(id=uri.removeprefix(SESSION), limit=_MOST_OF_A_SESSION)
        return text.session(source.get_session(wanted))
    raise NotFound(f"There is no resource {uri!r}: they are {MEMORY}ID and {SESSION}ID.")


def told(error: Exception) -> str:
    """Say an error so that a model knows what to do."""
    if not isinstance(error, ContextFSError):
        return f"A fault of ContextFS ({type(error).__name__}). Go on without memory, and tell the user."
    cure = next((words for kind, words in _CURES if isinstance(error, kind)), "Go on without memory.")
    return f"{error.detail.rstrip('.')}. {cure}"


def _recall(source: Source, wanted: model.Recall) -> str:
    """Give what there is of several memories; only when there is none of them it is an error."""
    found: list[model.Recalled] = []
    lost: list[ContextFSError] = []
    for one in dict.fromkeys(wanted.ids):
        try:
            found.append(source.recall(one))
        except (NotFound, Invalid) as error:
            lost.append(error)
    if not found:
        raise lost[0]
    return "\n".join([text.recalled(found), *(f"Note: {error.detail}" for error in lost)])


_CALLS: Final[dict[str, Callable[[Source, Any], str]]] = {
    "contextfs_search": lambda source, wanted: text.hits(source.search(wanted)),
    "contextfs_context": lambda source, wanted: text.packed(source.context(wanted)),
    "contextfs_recall": _recall,
    "contextfs_remember": lambda source, wanted: text.remembered(source.remember(wanted)),
    "contextfs_list_sessions": lambda source, wanted: text.sessions(source.list_sessions(wanted)),
    "contextfs_get_session": lambda source, wanted: text.session(source.get_session(wanted)),
}
