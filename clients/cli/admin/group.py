"""`ctx admin`: what an administrator of a server asks."""

import csv
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec

from clients.cli.admin.audit_stream import audit_stream
from clients.cli.admin.bi_login import bi_login
from clients.cli.admin.keys import key
from clients.cli.admin.networks import networks
from clients.cli.admin.proving import prove_isolation
from clients.cli.admin.redaction import redaction
from clients.cli.admin.reindexing import reindex
from clients.cli.admin.residency import residency
from clients.cli.admin.roles import role
from clients.cli.admin.scim import scim
from clients.cli.admin.sso import domain, sso
from clients.cli.commands.team import found
from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option
from clients.cli.shown import output
from clients.cli.there import exporting, server
from contextfs.client import AuditEntry, AuditReport, ContextFS, heads
from contextfs.kit.errors import Invalid
from contextfs.kit.spreadsheet import cells

_MOST_IN_A_PAGE = 200
_COLUMNS = (
    "at",
    "actor",
    "action",
    "subject",
    "project_id",
    "request_id",
    "details",
    "position",
    "hash",
    "id",
    "actor_id",
)

app = Group("Administer: roles, keys, networks, sign-on, vectors, and the audit log.")
for command in (role, key, networks, redaction, residency, sso, domain, scim, reindex):
    app.command()(command)
app.command("prove-isolation")(prove_isolation)
app.command("audit-stream")(audit_stream)
app.command("bi-login")(bi_login)


class Format(StrEnum):
    """How the log is printed."""

    table = "table"
    json = "json"
    csv = "csv"


class What(StrEnum):
    """What to do with the log, other than to list it."""

    verify = "verify"
    export = "export"


_What = Annotated[
    What | None,
    Argument("`verify` checks that nobody changed the log, `export` writes all of it; by default it is listed."),
]
_File = Annotated[Path | None, Argument("With export: the file to write, a zip of JSON lines.")]


@app.command()
def audit(
    what: _What = None,
    file: _File = None,
    since: options.Since = None,
    user: Annotated[
        str | None, Option("--user", help="Only what this member did (address, id), or this key (id).")
    ] = None,
    action: Annotated[str | None, Option("--action", help="Only this: memory.created, or memory.* for a kind.")] = None,
    limit: Annotated[
        int | None, Option("--limit -n", min=1, help="How many; by default 50 in a table, else all.")
    ] = None,
    format: Annotated[Format, Option("--format", help="table, json or csv.")] = Format.table,  # noqa: A002 - the option's name
    head: Annotated[
        str | None,
        Option("--head", help="With verify: a head that must still be there; by default the last one seen here."),
    ] = None,
    json: options.Json = False,
) -> int:
    """List who did what on the server, newest first, or check that nobody changed the log.

    With `verify`, the exit code is 1 if a change cannot be ruled out.
    """
    is_chosen = (since, user, action, limit) != (None,) * 4 or format is Format.csv
    _fits(what, file, head, is_chosen=is_chosen)
    with server.opened() as client:
        if file is not None:
            exporting.fetch_log(client, file, json=json or format is Format.json)
            return 0
        if what is What.verify:
            return _verify(client, head, json=json or format is Format.json)
        listing = client.admin.audit_logs(
            since=options.since(since, datetime.now(UTC)),
            user=_user(client, user),
            action=action,
            page_size=_MOST_IN_A_PAGE,
        )
        wanted = Format.json if json else format
        most = limit if limit is not None or wanted is not Format.table else 50
        _print(islice(listing, most), wanted)
    return 0


def _fits(what: What | None, file: Path | None, head: str | None, *, is_chosen: bool) -> None:
    """Refuse what would be passed over: what is chosen of a list, and what belongs to something else."""
    if what is not What.verify and head is not None:
        raise Misused("--head belongs to `ctx admin audit verify`")
    if what is not None and is_chosen:
        raise Misused(f"--since, --user, --action, --limit and csv are for the list: `{what}` takes the whole log")
    if (file is None) == (what is What.export):
        raise Misused("only `ctx admin audit export` takes a FILE, and it needs one")


@app.command()
def retention(
    keep: Annotated[
        str | None,
        Argument("How many days to keep the log, 30 or more; or `forever`. By default it is shown."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Show or set for how many days the server keeps the audit log; what is left can always be checked."""
    if keep is not None and keep != "forever" and not keep.isdecimal():
        raise Misused(f"{keep!r} is not a number of days: say 365, or forever")
    with server.opened() as client:
        admin = client.admin
        kept = admin.retention() if keep is None else admin.retain(None if keep == "forever" else int(keep))
    days = "for ever" if kept.keep_days is None else f"for {kept.keep_days} days"
    output.say_json(kept) if json else output.say(f"The log is kept {days}.")


@app.command("model-calls")
def model_calls(
    limit: Annotated[int, Option("--limit -n", min=1, help="How many.")] = 50,
    json: options.Json = False,
) -> None:
    """List the server's calls to language models, newest first, and what each one cost."""
    with server.opened() as client:
        calls = list(islice(client.admin.model_calls(page_size=min(limit, _MOST_IN_A_PAGE)), limit))
    if json:
        output.say_json(calls)
    elif not calls:
        output.say("No language model was called: only rules learn, or nothing was learned yet.")
    else:
        rows = [
            [output.minute(one.at), one.state, one.model, output.short(one.subject), f"{one.dollars:.4f} $"]
            for one in calls
        ]
        output.table(["when", "state", "model", "session", "cost"], rows)


def _user(client: ContextFS, named: str | None) -> UUID | None:
    """Give the id of who is meant: one that is whole, of a key or of somebody who left, is taken as it is."""
    return None if named is None else server.as_id(named) or found(client, named).id


def _print(entries: Iterable[AuditEntry], wanted: Format) -> None:
    if wanted is Format.json:
        output.say_json(list(entries))
    elif wanted is Format.csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(_COLUMNS)
        writer.writerows(cells(entry, _COLUMNS) for entry in entries)
    else:
        _print_table(list(entries))


def _print_table(entries: list[AuditEntry]) -> None:
    if not entries:
        output.say("The log has no such entries.")
        return
    rows = [
        [
            output.minute(entry.at),
            entry.action,
            output.printable(entry.actor)[:48],
            output.short(entry.subject) if entry.subject else "-",
            output.one_line(msgspec.json.encode(entry.details).decode(), 60) if entry.details else "",
        ]
        for entry in entries
    ]
    output.table(["when", "what", "who", "to", "details"], rows)


def _verify(client: ContextFS, head: str | None, *, json: bool) -> int:
    organization = client.auth.me().organization_id
    report, before = _checked(client, head or heads.noted(os.environ, organization), is_ours=head is None)
    if report.intact and report.head:
        heads.note(os.environ, organization, report.head)
    if json:
        output.say_json(report)
    else:
        _print_report(report)
        if before:
            output.say(f"Checked against the head {before.partition(':')[0]}, which was seen before.")
    return 0 if report.intact else 1


def _checked(client: ContextFS, head: str | None, *, is_ours: bool) -> tuple[AuditReport, str | None]:
    """Check the log against a head. One that this machine noted may be let go by now, as a signed checkpoint tells."""
    try:
        return client.admin.audit_verify(head), head
    except Invalid:
        if head is None or not is_ours:
            raise
        return client.admin.audit_verify(None), None


def _print_report(report: AuditReport) -> None:
    checked = output.counted(report.checked, "entry", "entries")
    if report.outside == "unread" and not report.faults:
        output.say(output.bold(f"The log is intact in itself, but was NOT checked as a whole: {checked} checked."))
    else:
        output.say(output.bold(f"The log is {'intact' if report.intact else 'NOT intact'}: {checked} checked."))
    for fault in report.faults:
        where = f"{fault.position}" if fault.position == fault.until else f"{fault.position}–{fault.until}"
        output.say(f"  {fault.kind.replace('_', ' ')} at {where}: {fault.told}")
    if report.expired:
        gone = output.counted(report.expired, "entry", "entries")
        output.say(f"{gone} before these: removed by the retention, as signed checkpoints confirm.")
    if report.outside == "unread":
        output.say("The file outside of the database could not be read: try again. The server's log says why.")
    if report.anchored:
        output.say(f"A file outside of the database vouches for it up to {report.anchored}.")
    if report.unsealed:
        output.say(f"{output.counted(report.unsealed, 'entry', 'entries')} not sealed yet: that takes a minute.")
    if report.head:
        output.say(f"This machine keeps the head; on another one, pass it by --head: {report.head}")
