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
    bool, Option("--project", help="Use this repository's settings, for everyone who works on it, not the user's.")
]
DryRun = Annotated[bool, Option("--dry-run", help="Show what would be written, and write nothing.")]


def install(tool: Tool = None, project: Project = False, dry_run: DryRun = False, json: options.Json = False) -> int:
    """Install hooks in a tool: they capture its conversations and give them what is known.

    Existing hooks stay, and run as before. `ctx uninstall` restores the settings, to the byte. [inject] in
    .contextfs/config.toml sets what conversations get.
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
    """Remove the hooks from a tool's settings, which are then as before."""
    from clients.hooks import installing  # noqa: PLC0415 - as above

    return installing.uninstall(tool, project=project, dry_run=dry_run, json=json)


def hook(
    tool: Annotated[str, Argument("The tool that sends the event.")],
    event: Annotated[str, Argument("The tool's name of the event; the rest is read from standard input.")],
) -> int:
    """Receive an event of a tool: note it in a few milliseconds, and always exit with 0. Tools call this."""
    from clients.hooks import fast  # noqa: PLC0415 - as above

    fast.hook([tool, event])
    return 0
