"""`ctx admin audit-stream`: where the audit log is streamed to."""

import sys
from enum import StrEnum
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import AuditStream, ContextFS
from contextfs.domain.audit.model import AuditStreamSet, AuditStreamTest

_FAILED = 1


class Act(StrEnum):
    """What to do with the stream."""

    show = "show"
    set = "set"
    test = "test"
    rotate = "rotate"
    off = "off"


class Format(StrEnum):
    """What is sent."""

    cloudevents = "cloudevents"
    ocsf = "ocsf"


def audit_stream(
    act: Annotated[Act, Argument("show, set, test, rotate or off.")] = Act.show,
    url: Annotated[str | None, Argument("`set`: the address that the log is sent to.")] = None,
    format: Annotated[Format, Option("--format", help="`set`: cloudevents or ocsf.")] = Format.cloudevents,  # noqa: A002 - the option's name
    authorization_stdin: Annotated[
        bool, Option("--authorization-stdin", help="`set`: read the header Authorization from standard input.")
    ] = False,
    backfill: Annotated[
        bool, Option("--backfill", help="`set`: also send the entries that the log already holds.")
    ] = False,
    grace_hours: Annotated[
        int, Option("--grace-hours", min=0, max=720, help="`rotate`: for how long the old secret also signs.")
    ] = 24,
    json: options.Json = False,
) -> int:
    """Send the audit log to a webhook or a SIEM: `show` the progress, `set`, `test`, `rotate`, or `off`.

    With test, the exit code is 1 if the destination does not accept what is sent.
    """
    if (url is not None) != (act is Act.set):
        raise Misused("`set` takes one address" if act is Act.set else f"`{act}` takes no address")
    with server.opened() as client:
        if act is Act.test:
            return _tell(client.audit_stream.test(), json=json)
        if act is Act.off:
            return _end(client, json=json)
        if act is Act.show:
            found = client.audit_stream.get()
            output.say_json(found) if json else _show(found)
            return 0
        if act is Act.rotate:
            made = client.audit_stream.rotate(grace_hours=grace_hours)
        else:
            said = sys.stdin.readline().strip() if authorization_stdin else None
            made = client.audit_stream.put(url or "", format=format.value, authorization=said, backfill=backfill)
        output.say_json(made) if json else _show_made(made)
    return 0


def _end(client: ContextFS, *, json: bool) -> int:
    ended = client.audit_stream.get()
    client.audit_stream.delete()
    output.say_json(ended) if json else output.say(f"The log is no longer sent to {_place(ended)}.")
    return 0


def _tell(tried: AuditStreamTest, *, json: bool) -> int:
    output.say_json(tried) if json else output.say(output.printable(tried.told))
    return 0 if tried.works else _FAILED


def _show_made(made: AuditStreamSet) -> None:
    _show(made.stream)
    if made.secret:
        output.say("Its secret is shown only once; the receiver checks signatures with it (standardwebhooks.com):")
        output.block([("secret", made.secret)])


def _show(stream: AuditStream) -> None:
    waiting = output.counted(stream.behind, "entry waits", "entries wait")
    if stream.state == "off":
        output.say("The log is not streamed.")
        return
    output.say(output.bold(f"The log is sent to {_place(stream)} as {stream.format}: {stream.state}."))
    output.block(
        [
            ("delivered to", f"position {stream.delivered_to} of the chain; {waiting}"),
            ("last delivery", output.minute(stream.delivered_at) if stream.delivered_at else "none yet"),
            ("skipped", _skipped(stream)),
            ("last error", _error(stream)),
            ("old secret", f"signs, too, until {output.minute(stream.former_until)}" if stream.former_until else ""),
        ]
    )


def _place(stream: AuditStream) -> str:
    return output.printable(stream.url or "nowhere")


def _skipped(stream: AuditStream) -> str:
    if not stream.skipped:
        return ""
    refused = output.counted(stream.skipped, "entry that it refuses", "entries that it refuses")
    return f"{refused}, the last at position {stream.last_skipped}"


def _error(stream: AuditStream) -> str:
    if stream.last_error is None or stream.last_error_at is None or stream.next_at is None:
        return ""
    when, again = output.minute(stream.last_error_at), output.minute(stream.next_at)
    if not stream.failures:
        return f"{output.printable(stream.last_error)} ({when})"
    return f"{output.printable(stream.last_error)} ({when}, tried {stream.failures} times; again at {again})"
