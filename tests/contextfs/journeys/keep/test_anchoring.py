"""Where an audit log ended is known outside of the database: who owns that takes nothing off the end unseen."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from contextfs.domain.audit import anchors
from contextfs.domain.audit.chain import following
from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.audit import seal
from contextfs.journeys.keep.retention import cut
from contextfs.kit.errors import ContextFSError
from contextfs.kit.ports import Blob, Blobs
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.conftest import Rows, rows

__all__ = ["rows"]

Note = Callable[[], int]


@pytest.fixture
def blobs(wiring: Wiring) -> Blobs:
    """Give where files are kept."""
    kept = wiring.services.blobs()
    assert kept is not None
    return kept


@pytest.fixture
def note(wiring: Wiring, blobs: Blobs) -> Iterator[Note]:
    """Give a function that seals, and notes where chains end, as the schedules do."""
    platform = wiring.platform()

    def run() -> int:
        seal(platform)
        return anchor(platform, blobs, wiring.services.key_pepper, wiring.clock())

    yield run
    platform.close()


@pytest.fixture
def log(tenant: Tenant, note: Note) -> Tenant:
    """Give a tenant with five entries, the end of which is noted."""
    act(tenant, 5)
    note()
    return tenant


@pytest.fixture
def file(wiring: Wiring, log: Tenant) -> Path:
    """Give where the file of a log lies."""
    assert wiring.settings.files is not None
    return Path(wiring.settings.files) / anchors.key(log.org_id)


def act(tenant: Tenant, times: int) -> None:
    for number in range(times):
        assert tenant.call("POST", "/v1/projects", {"name": f"{uuid4()} {number}"}).status_code == 201


def report(tenant: Tenant) -> Any:
    return tenant.call("GET", "/v1/admin/audit-logs/verify").json()


def kinds(tenant: Tenant) -> list[str]:
    return [fault["kind"] for fault in report(tenant)["faults"]]


def kept(tenant: Tenant, blobs: Blobs) -> int:
    """Give the position that an organization's file tells."""
    return anchors.read(blobs.get(anchors.key(tenant.org_id)))[0]


def set_back(log: Tenant, rows: Rows) -> None:
    """Set the head of a log back to its third entry, as who owns the database does."""
    rows.connection.execute(
        "update contextfs.audit_heads as h set position = 3, hash = a.hash from contextfs.audit_log as a"
        " where h.org_id = %s and a.org_id = h.org_id and a.position = 3",
        [log.org_id],
    )


def write_anew(log: Tenant, rows: Rows, but: int = 0) -> None:
    """Hash a log anew over what its entries say now; of one its hash stays, as if it stood in a chain that holds."""
    before = b""
    found = rows.connection.execute(
        "select a.position, contextfs.audit_digest(a) as digest from contextfs.audit_log as a"
        " where org_id = %s and position is not null order by position",
        [log.org_id],
    ).fetchall()
    for row in found:
        before = following(before, row["digest"])
        rows.connection.execute(
            "update contextfs.audit_log set hash = %s where org_id = %s and position = %s and position <> %s",
            [before, log.org_id, row["position"], but],
        )
    rows.connection.execute("update contextfs.audit_heads set hash = %s where org_id = %s", [before, log.org_id])


def take_off(log: Tenant, rows: Rows) -> None:
    """Take the last two entries off a log as who owns the database does, so that nothing in it tells."""
    rows.connection.execute("delete from contextfs.audit_log where org_id = %s and position > 3", [log.org_id])
    set_back(log, rows)
    rows.connection.execute("delete from contextfs.audit_log where org_id = %s and position is null", [log.org_id])


def test_an_end_that_was_taken_off_is_found(log: Tenant, other_tenant: Tenant, note: Note, rows: Rows) -> None:
    act(other_tenant, 5)
    note()
    before = report(log)
    take_off(log, rows)

    assert (before["intact"], before["anchored"]) == (True, 5)
    assert kinds(log) == ["forgotten"]
    assert (report(other_tenant)["intact"], kinds(other_tenant)) == (True, [])


def test_nothing_in_the_database_tells_that(log: Tenant, rows: Rows, blobs: Blobs) -> None:
    take_off(log, rows)
    blobs.delete(anchors.key(log.org_id))
    found = report(log)

    assert (found["intact"], found["outside"], found["anchored"]) == (True, "read", 0)


def test_a_log_that_is_longer_again_does_not_hide_it(log: Tenant, note: Note, rows: Rows, blobs: Blobs) -> None:
    take_off(log, rows)
    noted = b"".join(blobs.get(anchors.key(log.org_id)))
    act(log, 4)
    note()

    assert kinds(log) == ["forgotten"]
    assert b"".join(blobs.get(anchors.key(log.org_id))) == noted


def due(rows: Rows, *tenants: Tenant) -> list[UUID]:
    """Name those of some organizations whose file is to be looked at, in order."""
    found = rows.connection.execute("select contextfs.audit_due(now(), 500) as org_id").fetchall()
    return [row["org_id"] for row in found if row["org_id"] in {one.org_id for one in tenants}]


def test_the_end_is_noted_as_it_moves_and_only_then(log: Tenant, note: Note, rows: Rows) -> None:
    note()
    still, before = note(), due(rows, log)
    act(log, 2)
    note()

    assert (still, before) == (0, [])
    assert (report(log)["anchored"], report(log)["intact"]) == (7, True)


def test_what_the_retention_let_go_is_no_reason_for_suspicion(
    log: Tenant, note: Note, blobs: Blobs, wiring: Wiring
) -> None:
    log.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 30})
    note()
    platform = wiring.platform()
    act(log, 1)
    seal(platform)
    later = wiring.clock() + timedelta(days=31)
    cut(platform, blobs, wiring.services.key_pepper, lambda: later, wiring.services.entropy)
    platform.close()
    between = report(log)
    note()
    after = report(log)

    assert (between["intact"], between["expired"]) == (True, 6)
    assert after["intact"]
    assert after["anchored"] > 6


def test_a_file_that_nobody_can_read_is_told(log: Tenant, note: Note, blobs: Blobs) -> None:
    blobs.put(anchors.key(log.org_id), [b"nonsense"])
    note()

    assert kinds(log) == ["forgotten"]


def test_a_position_that_no_chain_reaches_holds_up_no_other_log(
    log: Tenant, other_tenant: Tenant, note: Note, blobs: Blobs
) -> None:
    act(other_tenant, 1)
    note()
    blobs.put(anchors.key(log.org_id), [b"99999999999999999999:00\n"])
    act(log, 1)
    act(other_tenant, 1)
    note()

    assert report(other_tenant)["anchored"] == 2
    assert kinds(log) == ["forgotten"]


def test_a_file_that_the_store_does_not_give_holds_up_no_other_log_and_is_told(
    log: Tenant, other_tenant: Tenant, note: Note, file: Path
) -> None:
    act(other_tenant, 1)
    note()  # so that the other one comes behind
    file.unlink()
    file.mkdir()
    act(log, 1)
    act(other_tenant, 1)
    with pytest.raises(ContextFSError, match="takes or gives no file"):
        note()
    file.rmdir()

    assert report(other_tenant)["anchored"] == 2


def test_a_head_that_is_set_back_moves_no_file_back(
    log: Tenant, note: Note, rows: Rows, blobs: Blobs, caplog: pytest.LogCaptureFixture
) -> None:
    set_back(log, rows)
    caplog.clear()
    note()
    told = [one for one in caplog.records if getattr(one, "org_id", "") == str(log.org_id)]
    take_off(log, rows)

    assert kept(log, blobs) == 5
    assert [(one.levelno, vars(one)["noted"], vars(one)["end"]) for one in told] == [(logging.ERROR, 5, 3)]
    assert kinds(log) == ["forgotten"]


def test_a_log_that_is_written_anew_behind_one_hash_moves_no_file(
    log: Tenant, note: Note, rows: Rows, blobs: Blobs
) -> None:
    """The entry that the file names keeps its hash until the file has moved: the chain alone tells."""
    rows.connection.execute(
        "update contextfs.audit_log set action = 'nothing.happened' where org_id = %s and position = 2", [log.org_id]
    )
    act(log, 2)
    note()
    moved = kept(log, blobs)
    act(log, 2)
    write_anew(log, rows, but=moved)
    note()
    write_anew(log, rows)

    assert (moved, kept(log, blobs)) == (7, 7)
    assert kinds(log) == ["forgotten"]


@pytest.mark.parametrize("further", [0, 2], ids=["where the file stands", "behind where the file stands"])
def test_no_cut_hides_a_log_that_was_written_anew(
    log: Tenant, note: Note, rows: Rows, blobs: Blobs, wiring: Wiring, further: int
) -> None:
    """Who owns the database may have old entries let go: those that the file knows, and not what stands there now."""
    noted = kept(log, blobs)
    log.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 30})
    act(log, further)
    platform = wiring.platform()
    seal(platform)
    rows.connection.execute(
        "update contextfs.audit_log set action = 'nothing.happened' where org_id = %s and position = 2", [log.org_id]
    )
    write_anew(log, rows)
    later = wiring.clock() + timedelta(days=40)
    cut(platform, blobs, wiring.services.key_pepper, lambda: later, wiring.services.entropy)
    platform.close()
    note()
    found = report(log)

    assert (found["expired"], kept(log, blobs)) == (0, noted)
    assert kinds(log) == ["forgotten"]


def test_a_cut_waits_for_the_file_and_for_one_that_can_be_read(
    log: Tenant, other_tenant: Tenant, note: Note, file: Path, blobs: Blobs, wiring: Wiring
) -> None:
    for one in (log, other_tenant):
        one.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 30})
        act(one, 1)
    platform, later = wiring.platform(), wiring.clock() + timedelta(days=40)

    def gone() -> list[int]:
        cut(platform, blobs, wiring.services.key_pepper, lambda: later, wiring.services.entropy)
        return [report(one)["expired"] for one in (log, other_tenant)]

    seal(platform)
    before = gone()
    note()
    known = file.read_bytes()
    file.unlink()
    file.mkdir()
    with pytest.raises(ContextFSError, match="takes or gives no file"):
        gone()
    file.rmdir()
    between = [report(one)["expired"] for one in (log, other_tenant)]
    file.write_bytes(known)
    after = gone()
    platform.close()

    assert (before, between[0]) == ([0, 0], 0), "nothing that the file does not know"
    assert between[1] > 0, "another one's file holds nothing up"
    assert after[0] > 5


class Slow:
    """A store of files that is about to take one until it is told to."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.is_asked, self.may = threading.Event(), threading.Event()

    def get(self, key: str) -> Iterator[bytes]:
        """Give a file."""
        return self._blobs.get(key)

    def put(self, key: str, parts: Iterable[bytes], *, media_type: str) -> Blob:
        """Take a file, in time."""
        self.is_asked.set()
        assert self.may.wait(30)
        return self._blobs.put(key, parts, media_type=media_type)


def test_of_two_runs_none_moves_a_file_back(log: Tenant, note: Note, blobs: Blobs, wiring: Wiring) -> None:
    slow: Any = Slow(blobs)
    act(log, 1)
    platform = wiring.platform()
    seal(platform)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(anchor, platform, slow, wiring.services.key_pepper, wiring.clock())
        assert slow.is_asked.wait(30)
        act(log, 1)
        note()
        meanwhile = kept(log, blobs)
        slow.may.set()
        first.result()
    platform.close()
    between = kept(log, blobs)
    note()

    assert (meanwhile, between, kept(log, blobs)) == (5, 6, 7)


def test_a_crash_before_or_behind_the_file_loses_nothing(log: Tenant, note: Note, blobs: Blobs, rows: Rows) -> None:
    act(log, 1)
    note()
    for position in (5, 7):  # the file was not written yet, or was, when the run died: it is behind, or ahead
        rows.connection.execute(
            "update contextfs.audit_anchors set position = %s where org_id = %s", [position, log.org_id]
        )
        note()

    assert kept(log, blobs) == 6
    assert (report(log)["intact"], report(log)["anchored"]) == (True, 6)


def test_a_log_that_was_quiet_before_is_noted_and_a_lost_file_within_a_day(
    tenant: Tenant, note: Note, blobs: Blobs, rows: Rows, wiring: Wiring
) -> None:
    act(tenant, 3)
    platform = wiring.platform()
    seal(platform)
    rows.connection.execute(
        "update contextfs.audit_heads set sealed_at = now() - interval '9 days' where org_id = %s", [tenant.org_id]
    )
    note()
    first = kept(tenant, blobs)
    blobs.delete(anchors.key(tenant.org_id))
    anchor(platform, blobs, wiring.services.key_pepper, wiring.clock() + timedelta(hours=25))
    platform.close()

    assert (first, kept(tenant, blobs)) == (3, 3)


def test_who_was_looked_at_longest_ago_comes_first(log: Tenant, other_tenant: Tenant, note: Note, rows: Rows) -> None:
    act(other_tenant, 2)
    note()
    waits: list[list[UUID]] = []
    for last in (log, other_tenant):
        for one in (log, other_tenant):
            hours = 2 if one is last else 1
            rows.connection.execute(
                "update contextfs.audit_anchors set position = 0, looked_at = now() - make_interval(hours => %s)"
                " where org_id = %s",
                [hours, one.org_id],
            )
        waits.append(due(rows, log, other_tenant))

    assert waits == [[log.org_id, other_tenant.org_id], [other_tenant.org_id, log.org_id]]


def test_a_file_that_could_not_be_read_is_no_file_that_tells_nothing(
    log: Tenant, rows: Rows, file: Path, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_off(log, rows)
    places = wiring.services.waiting.setting_up
    with places.taken(log.org_id), places.taken(log.org_id):
        crowded = report(log)
    file.unlink()
    file.mkdir()
    refused = report(log)
    file.rmdir()
    monkeypatch.setitem(vars(wiring.services), "blobs", lambda: None)
    without = report(log)

    found = [(one["intact"], one["outside"], one["anchored"], one["faults"]) for one in (crowded, refused, without)]
    assert found == [(False, "unread", None, []), (False, "unread", None, []), (True, "none", None, [])]
