"""`ctx context`: what is worth knowing for a task, ready to be handed to a conversation."""

from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.asked import Packing
from clients.cli.line.command import Argument, Option
from clients.cli.shown import output
from contextfs.domain.context.request import ContextReply
from contextfs.local.place import Place


def context(
    task: Annotated[str, Argument(help="The task at hand, in your own words.")],
    budget: Annotated[
        int, Option("--budget", min=50, max=200_000, help="Tokens that the pack may take at most.")
    ] = 2000,
    type: Annotated[  # noqa: A002 - the option's name
        list[str] | None, Option("--type", help="Only memories of this type; may be repeated.")
    ] = None,
    branch: Annotated[str | None, Option("--branch", help="Only from this git branch.")] = None,
    memories_only: Annotated[bool, Option("--memories-only", help="Leave out messages.")] = False,
    superseded: options.Superseded = False,
    as_of: options.AsOf = None,
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Pack the memories that matter for a task into a budget of tokens, fenced as data with their sources.

    Only the pack goes to standard output, so you can pipe it into a prompt.
    """
    asked = Packing(
        task=task,
        budget=budget,
        types=type or None,
        branch=branch,
        messages=not memories_only,
        superseded=superseded,
        as_of=as_of,
    )
    pack = _packed(asked, where.here(server or project is not None, "one"), project)
    if json:
        output.say_json(pack)
    else:
        _say(pack)


def _packed(asked: Packing, found: Place | None, project: str | None) -> ContextReply:
    if found is None:
        from clients.cli.there import context as there  # noqa: PLC0415 - the one that is meant is loaded

        return there.packed(asked, project)
    from clients.cli.here import context as here  # noqa: PLC0415 - as above

    return here.packed(found, asked)


def _say(pack: ContextReply) -> None:
    if pack.text:
        output.say(pack.text)
    if not pack.items:
        told = [f"Nothing is handed over{_asked(pack) if pack.left_out else ''}.", *pack.notes]
        output.note(output.printable(" ".join(told)))
    else:
        count = output.counted(len(pack.items), "item")
        tokens = f"{pack.tokens:,} of {pack.budget:,} tokens ({pack.tokens_are})"
        output.note(f"{count}, {tokens}, {pack.left_out:,} left out{_asked(pack)}")
    for leg in pack.degraded:
        output.note(f"degraded: {leg}")


def _asked(pack: ContextReply) -> str:
    return f"; `ctx why {output.short(pack.id)}` tells why" if pack.id else ""
