"""`ctx install`, `ctx uninstall` and `ctx hook`: live capture, written into a tool's settings and taken out again."""

from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Option

Tool = Annotated[
    str | None,
    Argument(
        "claude-code, codex, gemini, copilot, cursor, opencode, cline, jetbrains or zed; without it, all are listed."
    ),
]
Project = Annotated[
    bool, Option("--project", help="The settings of this repository, for everyone who works on it; not the user's.")
]
DryRun = Annotated[bool, Option("--dry-run", help="Show what would be written; write nothing.")]


def install(tool: Tool = None, project: Project = False, dry_run: DryRun = False, json: options.Json = False) -> int:
    """Have a tool ring when a conversation goes on: then it is captured, and handed what is known.

    Hooks that are there stay, and run as before. `ctx uninstall` takes ours out again, to the byte. What is handed to
    conversations is set in [inject] of .contextfs/config.toml.
    """
    from clients.hooks import installing  # noqa: PLC0415 - a command loads what it needs

    if tool is None:
        return installing.listed(json=json)
    return installing.install(tool, project=project, dry_run=dry_run, json=json)


def uninstall(
    tool: Annotated[str, Argument("The tool.")],
    project: Project = False,
    dry_run: DryRun = False,
    json: options.Json = False,
) -> int:
    """Take our hooks out of a tool's settings; they are again as they were."""
    from clients.hooks import installing  # noqa: PLC0415 - as above

    return installing.uninstall(tool, project=project, dry_run=dry_run, json=json)


def hook(
    tool: Annotated[str, Argument("The tool that rings.")],
    event: Annotated[str, Argument("What happened, as the tool calls it; the rest is read from standard input.")],
) -> int:
    """Take an event of a tool: it is noted in a few milliseconds, and the exit code is always 0. Tools call this."""
    from clients.hooks import fast  # noqa: PLC0415 - as above

    fast.hook([tool, event])
    return 0
