"""`ctx scan`: secrets that stand in what was stored, because the rules of the time did not know them."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from clients.cli.here.store import opened
from clients.cli.line import options
from clients.cli.line.command import Misused, Option
from clients.cli.shown import output
from contextfs.local import place
from contextfs.local.scan.model import Found, Scanned
from contextfs.local.scan.scanning import scanned

_SHOWN = 50


def scan(
    history: Annotated[bool, Option("--history", help="Check what is already stored, and git's history.")] = False,
    redact: Annotated[bool, Option("--redact", help="Replace what is found, where possible.")] = False,
    json: options.Json = False,
) -> int:
    """Look for secrets in conversations, memories, records and git's history of .contextfs; exit code 1 if one is left.

    Secrets are taken out before anything is stored. When an update brings better rules, this applies them to what is
    stored already, and skips what the current rules have checked. It shows places and kinds, never a secret.
    """
    if not history:
        raise Misused("say where to look: ctx scan --history")
    with opened(place.required(Path.cwd())) as store:
        done = scanned(store, redact=redact)
    if json:
        output.say_json(done)
    else:
        _tell(done)
    return 1 if done.left else 0


def _tell(done: Scanned) -> None:
    looked = ", ".join(_counted(what, count) for what, count in done.looked.items() if count) or "nothing new"
    if not done.found:
        output.say(f"No secret was found. Looked through: {looked}.")
        return
    output.table(["kind", "mark", "in", "which", "state"], [_row(one) for one in done.found[:_SHOWN]])
    if len(done.found) > _SHOWN:
        output.say(f"and {len(done.found) - _SHOWN:,} more (--json lists them)")
    gone = len(done.found) - done.left
    output.say(f"{output.counted(len(done.found), 'secret')} found, {gone:,} replaced. Looked through: {looked}.")
    for cure in dict.fromkeys(one.cure for one in done.found if one.cure):
        places = dict.fromkeys(one.where for one in done.found if one.cure == cure)
        output.note(f"{', '.join(places)}: {cure}.")


def _counted(what: str, count: int) -> str:
    if what == "git":
        return output.counted(count, "object of git", "objects of git")
    return output.counted(count, what.removesuffix("s"), what)


def _row(one: Found) -> list[str]:
    state = "replaced" if one.is_redacted else "there"
    return [one.kind, one.fingerprint, one.where, output.one_line(_which(one), 80), state]


def _which(one: Found) -> str:
    match one.where:
        case "git":
            return f"{one.id} {one.within}"
        case "record":
            return one.id
        case _:
            return output.short(UUID(one.id))
