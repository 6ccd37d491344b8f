"""An export that was asked for is written: read by the claims of whoever asked, streamed into the store of files."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec

from contextfs.domain.exports import contents, rules, store
from contextfs.domain.exports.model import Export
from contextfs.domain.exports.store import Counts
from contextfs.journeys.export.bundle import zipped
from contextfs.journeys.export.format import AUDIT_LOG, BUNDLE, MANIFEST, Manifest, ProjectKept, member
from contextfs.journeys.export.lines import lines
from contextfs.journeys.export.requests import files
from contextfs.kit.call import Call
from contextfs.kit.errors import TooLarge

_BY_PROJECT = "export one project at a time"
_LOG_BY_PAGES = "read the log page by page, from /v1/admin/audit-logs or by `ctx admin audit --format json`"


def write(call: Call, export_id: UUID) -> None:
    """Write an export, unless it is written or gone. One that is too large fails for good; all else is tried again."""
    export = store.hold(call.tx, export_id, call.now)
    if export is None:
        return
    counts = Counts()
    cure = _LOG_BY_PAGES if "audit_log" in export.contents else _BY_PROJECT
    parts = zipped(_members(call, export, counts), most=call.services.export_limit, cure=cure)
    key = rules.key(call.principal.org_id, export_id)
    try:
        blob = files(call).put(key, parts, media_type="application/zip")
    except TooLarge as error:
        store.fail(call.tx, export_id, error.detail, call.now)
        call.emit("export.failed", export_id, export.project_id)
        return
    store.finish(call.tx, export_id, blob, counts, call.now)
    call.emit("export.completed", export_id, export.project_id, size=blob.size, **msgspec.structs.asdict(counts))


def _members(call: Call, export: Export, counts: Counts) -> Iterator[tuple[str, Iterable[bytes]]]:
    is_log = "audit_log" in export.contents
    kept = [] if is_log else contents.projects(call.tx, export.project_id)
    projects = [ProjectKept(id=one, name=name) for one, name in kept]
    manifest = Manifest(
        format=BUNDLE,
        organization=contents.organization(call.tx),
        projects=projects,
        contents=list(export.contents),
        exported_at=call.now,
    )
    yield MANIFEST, [msgspec.json.encode(manifest) + b"\n"]
    if is_log:
        yield AUDIT_LOG, _entries(call, counts)
    for project in projects:
        yield member(project.id), lines(call.tx, project, export.contents, counts, call.now)


def _entries(call: Call, counts: Counts) -> Iterator[bytes]:
    for entry in contents.entries(call.tx):
        counts.entries += 1
        yield msgspec.json.encode(entry) + b"\n"
