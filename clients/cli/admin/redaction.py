"""`ctx admin redaction`: what an organization takes out of all that it stores, by rules of its own."""

import sys
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.domain.redaction.model import OwnRules
from contextfs.kit.errors import Invalid
from contextfs.kit.expected import refused
from contextfs.kit.redaction_rule import RedactionRule, Rules
from contextfs.local.config import quoted


class Act(StrEnum):
    """What to do with the rules."""

    show = "show"
    set = "set"
    clear = "clear"


def redaction(
    act: Annotated[Act, Argument("show, set or clear.")] = Act.show,
    file: Annotated[str | None, Argument("TOML with `[[redact.rules]]`, as in a store; - is standard input.")] = None,
    json: options.Json = False,
) -> None:
    """Show the organization's own redaction rules, `set` those of a file, or `clear` them."""
    if (file is not None) != (act is Act.set):
        raise Misused("`set` takes a file" if act is Act.set else f"`{act}` takes nothing more")
    rules = [] if file is None else _read(file)
    with server.opened() as client:
        found = client.redaction.get() if act is Act.show else client.redaction.put(rules)
    output.say_json(found) if json else _print(found)


def _read(file: str) -> Rules:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text)["redact"]["rules"], Rules)
    except OSError as error:
        raise Invalid(f"{file} cannot be read ({error.strerror}).") from None
    except (KeyError, TypeError):
        raise Invalid(f"{file} has no [[redact.rules]]: write each rule below such a line.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Invalid(f"{file} cannot be read: {refused(error)}.") from None


def _print(found: OwnRules) -> None:
    if not found.rules:
        output.say("The organization has no rules of its own: only secrets and personal data are taken out.")
    for rule in found.rules:
        output.say("[[redact.rules]]")
        for name, value in _written(rule).items():
            output.say(f"{name} = {value}")


def _written(rule: RedactionRule) -> dict[str, str]:
    fields: dict[str, Any] = msgspec.to_builtins(rule)
    return {
        name: quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"
        for name, value in fields.items()
    }
