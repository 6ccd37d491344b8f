"""Exports are asked for, looked at with a link, and deleted."""

from uuid import UUID

from contextfs.domain.access.rules import allows, may
from contextfs.domain.exports import rules, store
from contextfs.domain.exports.model import Content, Export, ExportLinked, NewExport
from contextfs.domain.projects import store as projects
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, Invalid, NotAllowed, Unavailable
from contextfs.kit.ports import Blobs

_CONTENTS: tuple[Content, ...] = ("memories", "sessions")
_READS: dict[Content, str] = {"memories": "memories:read", "sessions": "sessions:read", "audit_log": "audit:read"}
"""What one has to be allowed, to read what an export holds."""


def create(call: Call, new: NewExport) -> Export:
    """Ask for an export of what the caller may see; it is written afterwards, by an event.

    Unavailable where no files are kept; Conflict while the same one is being written.
    """
    files(call)
    if new.project_id is not None:
        projects.get(call.tx, new.project_id)
    elif call.principal.project_ids is not None:
        raise NotAllowed("This is open to some projects only: name the project to export.")
    contents = _contents(call, new)
    under_way = store.pending(call.tx, new.project_id, contents, call.now)
    if under_way is not None:
        raise Conflict(f"An export of the same is being written: wait for {under_way}.")
    export_id, by = call.new_id(), call.principal
    export = store.insert(
        call.tx,
        by.org_id,
        export_id,
        project_id=new.project_id,
        by=by.reader_id,
        contents=contents,
        now=call.now,
    )
    call.note(contents=contents)
    call.emit("export.requested", export_id, new.project_id)
    return export


def _contents(call: Call, new: NewExport) -> list[Content]:
    """Give what the export holds, of what its caller may read."""
    if new.audit_log:
        may(call.principal, _READS["audit_log"])
        if new.project_id is not None:
            raise Invalid("The audit log is the organization's: leave project_id out.", where="$.project_id")
        return ["audit_log"]
    contents: list[Content] = [one for one in _CONTENTS if allows(call.principal.permissions, _READS[one])]
    if not contents:
        raise NotAllowed("An export holds what one may read: this needs the permission memories:read or sessions:read.")
    return contents


def linked(call: Call, export_id: UUID) -> ExportLinked:
    """Read an export; one that is ready comes with a link, which is noted in the audit log.

    NotAllowed where it holds what this caller may not read: another key of whoever asked for it may be a lesser one.
    """
    export = store.get(call.tx, export_id, call.now)
    for held in export.contents:
        may(call.principal, _READS[held])
    call.note(subject=export_id, project_id=export.project_id, status=export.status)
    if export.status != "ready":
        return ExportLinked(export=export, link=None, link_expires_at=None)
    ends = min(export.expires_at, call.now + rules.LINK)
    key, seconds = rules.key(call.principal.org_id, export_id), max(1, int((ends - call.now).total_seconds()))
    link = files(call).link(key, seconds=seconds, name=rules.file_name(export_id))
    return ExportLinked(export=export, link=link, link_expires_at=ends)


def delete(call: Call, export_id: UUID) -> None:
    """Delete an export with its file."""
    store.delete(call.tx, export_id, call.now)
    files(call).delete(rules.key(call.principal.org_id, export_id))
    call.note(subject=export_id)


def files(call: Call) -> Blobs:
    """Give where files are kept; Unavailable says that this server has no such place."""
    blobs = call.services.blobs()
    if blobs is None:
        raise Unavailable("This server keeps no files: whoever runs it sets CONTEXTFS_FILES.")
    return blobs
