"""The fast path of `ctx hook`: note in a few milliseconds that a conversation went on, and let the tool go on.

Standard library only, and little of it: nothing else of ours is loaded, unless context is to be handed over. It ends
with 0 whatever is wrong. What it notes are names, never what was said: the transcript is the truth, and it is read
later, by another process, with secrets taken out.
"""

import _thread
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_READ = 1 << 20
"""Bytes of an event that are looked at; what comes behind is read away."""
SPOOL = "spool"
MOST_SPOOLED = 2000
"""Conversations that may wait. More are not noted: the next import finds them by their files."""

_BEGAN = time.monotonic()
_PATIENCE_SECONDS = 1.0
_INJECT_SECONDS = 2.0
_until: "list[float]" = []
_DRAIN_SECONDS = 0.5
"""For how long what is not looked at is read away: a tool that is cut off while it writes tells of an error."""
_CHUNK = 1 << 20
_LONGEST_NAME = 4096
_STARTS = frozenset({"sessionstart"})
_PROMPTS = frozenset({"userpromptsubmit", "userpromptsubmitted", "beforeagent", "beforesubmitprompt"})
_RINGS = frozenset({"sessionstart", "sessionend", "precompact", "precompress", "taskcomplete"})
"""Events after which transcripts are read: the others only leave a note."""


def hook(arguments: list[str]) -> None:
    """Take an event of a tool from standard input; it does not return."""
    watch(_PATIENCE_SECONDS)
    try:
        _take(arguments[0], arguments[1], os.environ)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the tool goes on
        _tell(error)
    _leave()


def _take(tool: str, event: str, environment: "Mapping[str, str]") -> None:
    kind = event.lower()
    said = _said(_read(0))
    cwd = _text(said, "cwd") or _first(said.get("workspace_roots")) or _here()
    root = store_of(cwd)
    if root is not None and os.path.exists(os.path.join(root, ".contextfs", "local", "off")):
        return
    home = environment.get("CONTEXTFS_HOME") or os.path.join(os.path.expanduser("~"), ".contextfs")
    spool = os.path.join(root, ".contextfs", "local", SPOOL) if root else os.path.join(home, SPOOL)
    try:
        note(spool, tool, event, cwd, said)
    except OSError as error:  # a full disk keeps nobody from what is known
        _tell(error)
    if root is not None and kind in _RINGS and environment.get("CONTEXTFS_BACKGROUND") != "off":
        _ring(root, environment)
    if root is not None and (kind in _STARTS or kind in _PROMPTS) and environment.get("CONTEXTFS_INJECT") != "off":
        watch(_seconds(environment))
        from clients.hooks import inject  # noqa: PLC0415 - only what hands context over pays for it

        inject.inject(tool, event, root, said, is_start=kind in _STARTS, began=_BEGAN)


def note(spool: str, tool: str, event: str, cwd: str, said: "Mapping[str, object]") -> None:
    """Note that a conversation went on: one small file for each, written beside and renamed, so that it is whole."""
    import json  # noqa: PLC0415 - the watch is set first

    session = _text(said, "session_id") or _text(said, "sessionId") or _text(said, "conversation_id") or ""
    transcript = _text(said, "transcript_path") or _text(said, "transcriptPath") or ""
    name = "".join(one if one.isalnum() else "-" for one in f"{tool}-{session}")[:120]
    kept = {"tool": tool, "event": event, "session": session, "transcript": transcript, "cwd": cwd, "at": time.time()}
    os.makedirs(os.path.dirname(spool), 0o700, exist_ok=True)  # its owner's alone, as `ctx init` makes it
    os.makedirs(spool, exist_ok=True)
    target = os.path.join(spool, f"{name}.json")
    if not os.path.exists(target) and len(os.listdir(spool)) >= MOST_SPOOLED:
        return
    if not transcript:
        kept["transcript"] = _known_transcript(target)
    beside = f"{target}.{os.getpid()}"
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(json.dumps(kept).encode())
        os.replace(beside, target)
    except OSError:
        os.unlink(beside)
        raise


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return os.path.expanduser("~")


def store_of(start: str) -> "str | None":
    """Find the folder with a store that a folder lies in; below one that lost its settings, none above is meant."""
    here = os.path.abspath(start)
    while True:
        if os.path.isfile(os.path.join(here, ".contextfs", "config.toml")):
            return here
        if os.path.isdir(os.path.join(here, ".contextfs", "memories")):
            return None
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def _known_transcript(target: str) -> str:
    """Give the transcript that an earlier event of the conversation named: not every event does."""
    import json  # noqa: PLC0415 - as above

    try:
        with open(target, "rb") as file:
            return str(json.load(file).get("transcript") or "")
    except (OSError, ValueError, AttributeError):
        return ""


def _read(handle: int) -> bytes:
    """Read an event. What is longer than we look at is read away for a moment, so that its writer is not cut off."""
    parts: list[bytes] = []
    size = 0
    until = 0.0
    while True:
        part = os.read(handle, _CHUNK)
        if not part:
            break
        if size < MOST_READ:
            parts.append(part)
        elif not until:
            until = time.monotonic() + _DRAIN_SECONDS
        elif time.monotonic() > until:
            break
        size += len(part)
    return b"".join(parts)[:MOST_READ]


def _said(content: bytes) -> "dict[str, object]":
    """Read what a tool says; of what is broken or too long, the names that can be made out."""
    import json  # noqa: PLC0415 - as above

    try:
        found: "dict[str, object] | list[object]" = json.loads(content)
    except (ValueError, RecursionError):
        return _made_out(content)
    return found if isinstance(found, dict) else {}


def _made_out(content: bytes) -> "dict[str, object]":
    import json  # noqa: PLC0415 - as above
    import re  # noqa: PLC0415 - json has loaded it

    names = rb"session_id|sessionId|conversation_id|transcript_path|transcriptPath|cwd"
    found: dict[str, object] = {}
    for name, text in re.findall(rb'"(' + names + rb')"\s*:\s*("(?:[^"\\\x00-\x1f]|\\.){0,4096}")', content[:65536]):
        try:
            found.setdefault(name.decode(), json.loads(text))
        except ValueError:
            continue
    return found


def _text(said: "Mapping[str, object]", name: str) -> "str | None":
    found = said.get(name)
    if isinstance(found, str) and 0 < len(found) <= _LONGEST_NAME and "\0" not in found:
        return found
    return None


def _first(found: object) -> "str | None":
    return found[0] if isinstance(found, list) and found and isinstance(found[0], str) else None


def _ring(root: str, environment: "Mapping[str, str]") -> None:
    """Start the process that reads transcripts; it lives on by itself, and ends at once where another one reads."""
    # -P: the folder that a tool works in may have a folder that is called like ours.
    command = [sys.executable, "-P", "-m", "clients.hooks.reconcile", root]
    if sys.platform == "win32":
        import subprocess  # noqa: PLC0415 - only Windows needs it

        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        null = subprocess.DEVNULL
        subprocess.Popen(command, stdin=null, stdout=null, stderr=null, creationflags=flags)  # noqa: S603 - this program
        return
    null = os.open(os.devnull, os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, handle) for handle in range(3)]
    os.posix_spawn(sys.executable, command, dict(environment), file_actions=streams, setsid=True)


def watch(seconds: float) -> None:
    """Leave after a time from now, whatever hangs: a disk, a lock, a writer that never ends."""
    is_first = not _until
    _until[:] = [time.monotonic() + seconds]
    if is_first:
        _thread.start_new_thread(_watched, ())


def _seconds(environment: "Mapping[str, str]") -> float:
    """Tell how long context may take to be found: then the tool goes on without it."""
    try:
        return min(60.0, max(0.1, float(environment["CONTEXTFS_INJECT_SECONDS"])))
    except (KeyError, ValueError):
        return _INJECT_SECONDS


def _watched() -> None:
    while (left := _until[0] - time.monotonic()) > 0:
        time.sleep(left)
    _leave()


def _tell(error: BaseException) -> None:
    """Say what went wrong to whoever looks for it; tools show standard error in their logs alone."""
    if os.environ.get("CONTEXTFS_DEBUG") == "1":
        os.write(2, f"ctx hook: {type(error).__name__}: {error}\n".encode(errors="replace"))


def _leave() -> None:
    """End at once, and well."""
    os._exit(0)
