"""`ctx why`: why a conversation was handed what it was, and what was left out."""

from collections.abc import Sequence
from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from contextfs.domain.context.record import Choice, PackRecord

_DIGITS = 12
_LONGEST = 160
_HANDED, _LEFT = 12, 3
"""How many choices are shown of each kind, so that both are on one screen."""


def why(
    id: Annotated[  # noqa: A002 - the argument's name
        str, Argument("The pack's id, or its last twelve digits, as in its text; by default the last pack.")
    ] = "last",
    all: Annotated[bool, Option("--all", help="Show every choice, and how its worth came about.")] = False,  # noqa: A002 - as above
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Explain a context pack: each choice with its reason.

    Packs are yours: the store of a folder keeps its own, and on a server nobody else sees them. They are kept for 90
    days.
    """
    name = _name(id)
    found = where.here(server or project is not None)
    if found is None:
        from clients.cli.there import why as there  # noqa: PLC0415 - the one that is meant is loaded

        pack = there.pack(name, project)
    else:
        from clients.cli.here import why as here  # noqa: PLC0415 - as above

        pack = here.pack(found, name)
    if json:
        output.say_json(pack)
    else:
        _show(pack, whole=all)


def _name(text: str) -> str:
    name = text.strip().lower()
    digits = name.replace("-", "")
    if name != "last" and not (len(digits) in {_DIGITS, 32} and set(digits) <= set("0123456789abcdef")):
        raise Misused(f"{text!r} is not the id of a pack: give its id, the twelve digits in its text, or `last`")
    return name if len(digits) != 32 else f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _show(pack: PackRecord, *, whole: bool) -> None:
    handed = [one for one in pack.choices if one.chosen]
    left = [one for one in pack.choices if not one.chosen]
    output.say(output.bold(f"pack {output.short(pack.id)}  {output.minute(pack.created_at)}"))
    output.block(
        [
            ("task", output.one_line(pack.task, _LONGEST)),
            ("as of", output.minute(pack.as_of) if pack.as_of else ""),
            ("tokens", f"{pack.tokens:,} of {pack.budget:,}"),
            ("degraded", "; ".join(map(output.printable, pack.degraded))),
        ]
    )
    _list("handed over", handed, None if whole else _HANDED)
    _list("left out", left, None if whole else _LEFT)
    if not whole:
        output.say()
        more = f"`ctx why {output.short(pack.id)} --all`"
        output.say(output.dim(f"{more} shows every choice, and how its worth came about."))


def _list(title: str, choices: Sequence[Choice], most: int | None) -> None:
    output.say()
    output.say(f"{title}: {len(choices):,}")
    for one in choices[:most]:
        _choice(one, whole=most is None)
    if most is not None and len(choices) > most:
        output.say(output.dim(f"  and {len(choices) - most:,} more"))


def _choice(one: Choice, *, whole: bool) -> None:
    where_it_is = f"session {output.short(one.session_id)}" if one.session_id else f"memory {one.short_id}"
    facets = [output.bold(output.printable(one.type)), where_it_is, output.day(one.occurred_at)]
    facets += [one.overtaken] if one.overtaken else []
    line = output.dim("(gone)") if one.line is None else output.one_line(one.line, _LONGEST)
    if not whole:
        output.say(f"  {'  '.join(facets)}  {output.dim(one.reason)}")
        output.say(f"        {line}")
        return
    output.say(f"  {one.relevance:.2f}  {'  '.join(facets)}")
    output.say(f"        {line}")
    parts = [f"worth {one.value:.2g}", f"trust {one.trust:.2f}", f"fresh {one.freshness:.2f}"]
    terms = " ".join(f"{name} {value:.2f}" for name, value in one.terms.items())
    told = f"{one.reason}; {', '.join(parts)}{f' ({terms})' if terms else ''}; {output.counted(one.tokens, 'token')}"
    output.say(f"        {output.dim(f'why: {told}')}")
