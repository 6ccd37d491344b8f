"""Sessions travel by rule: private ones stay, shared ones reach the others whole, and are withdrawn when hidden."""

from collections.abc import Callable
from uuid import UUID

import pytest

from contextfs.client import ContextFS
from contextfs.domain.sessions.model import NewMessage, NewSession
from contextfs.kit.errors import Unavailable
from contextfs.local import config
from contextfs.local.sessions.removed import removing
from contextfs.local.sessions.store import LocalSessions, SessionQuery
from contextfs.local.sync import sessions as pushing
from contextfs.local.sync.waiting import SessionsStatus
from tests.conftest import Tenant
from tests.contextfs.local.places import PROJECT
from tests.contextfs.local.sessions.conversations import DECIDED, brought, kept, session
from tests.contextfs.local.sync.linked import Linked

Make = Callable[[Tenant, str], Linked]


def keep(one: Linked, *contents: str, name: str = "s1") -> None:
    with one.machine.open() as store:
        kept(store, *contents, name=name)


def test_a_private_session_stays_where_it_is(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    keep(laptop, DECIDED)

    report = laptop.sync()

    assert (report.sessions.sent, report.pushed.sent, laptop.to_push()) == (0, 0, 0)
    assert ann.call("GET", "/v1/sessions").json()["items"] == []
    assert ann.call("GET", "/v1/memories").json()["items"] == []


def test_a_session_that_a_rule_shares_reaches_the_others_with_what_it_teaches(
    linked: Make, ann: Tenant, ben: Tenant
) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, DECIDED, "Good.")
    due = laptop.to_push()
    sent = laptop.sync().sessions
    pulled = desk.sync().pulled
    again = desk.sync().pulled

    assert (due, sent.sent, sent.messages, laptop.to_push()) == (1, 1, 2, 0)
    assert (pulled.sessions, pulled.messages, again.sessions, desk.to_push()) == (1, 2, 0, 0)
    assert desk.said() == laptop.said() == {DECIDED: [DECIDED, "Good."]}
    assert desk.known() == laptop.known() == dict.fromkeys(laptop.known(), "project")


def test_ids_are_the_same_everywhere_so_that_memories_tell_their_source(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.sync()
    desk.sync()
    [there] = ann.call("GET", "/v1/sessions").json()["items"]
    [memory] = ann.call("GET", "/v1/memories?type=decision").json()["items"]
    with desk.machine.open() as store:
        [here] = LocalSessions(store).page(SessionQuery())

    assert (str(here.id), memory["session_id"], memory["author_kind"]) == (there["id"], there["id"], "human")
    assert memory["provenance"][0]["session_id"] == there["id"]


def test_two_who_read_the_same_transcripts_have_them_once(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    for one in (laptop, desk):
        one.share()
        with one.machine.open() as store:
            tally = brought(store)
    first, second = laptop.sync(), desk.sync()
    laptop.sync()

    assert (first.sessions.sent, first.sessions.messages) == (tally.sessions, tally.stored)
    assert (second.pulled.sessions, second.pulled.messages) == (0, 0)
    assert len(ann.call("GET", "/v1/sessions?limit=200").json()["items"]) == tally.sessions
    assert laptop.known() == desk.known()
    assert len(ann.call("GET", "/v1/memories?limit=200").json()["items"]) == len(laptop.known())


def test_a_session_that_goes_on_is_sent_from_where_it_was(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, "One is the first.", "Two.")
    laptop.sync()
    desk.sync()
    keep(laptop, "One is the first.", "Two.", "Three.", "Four.")
    sent, pulled = laptop.sync().sessions, desk.sync().pulled
    [there] = ann.call("GET", "/v1/sessions").json()["items"]

    assert (sent.sent, sent.messages, pulled.sessions, pulled.messages) == (1, 2, 1, 2)
    assert desk.said() == {"One is the first.": ["One is the first.", "Two.", "Three.", "Four."]}
    assert (there["status"], there["message_count"]) == ("completed", 4)


def test_one_that_is_hidden_is_taken_from_the_others_and_comes_back_whole(
    linked: Make, ann: Tenant, ben: Tenant
) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, DECIDED, "Good.")
    laptop.sync()
    desk.sync()
    laptop.choose("private")
    hidden = (laptop.to_push(), laptop.sync().sessions, desk.sync().pulled)
    gone = (desk.said(), desk.known(), laptop.known())
    keep(laptop, DECIDED, "Good.", "Only for me.")
    still = laptop.sync().sessions.sent
    laptop.choose("project")
    laptop.sync()
    desk.sync()

    assert (hidden[0], hidden[1].sent, hidden[1].followed, hidden[2].sessions_withdrawn) == (1, 1, 1, 1)
    assert (gone[0], gone[1], set(gone[2].values()), still) == ({}, {}, {"private"}, 0)
    assert desk.said() == {DECIDED: [DECIDED, "Good.", "Only for me."]}
    assert set(desk.known().values()) == {"project"}


def test_nobody_hides_the_session_of_another(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    for one in (laptop, desk):
        one.share()
        keep(one, DECIDED)
        one.sync()
    desk.choose("private")
    report = desk.sync().sessions
    with desk.machine.open() as store:
        refused = SessionsStatus.of(store.base, config.Sharing()).refused

    assert (report.refused, [one.reason for one in refused]) == (1, ["only who captured a session can make it private"])
    assert ann.call("GET", "/v1/sessions").json()["items"][0]["visibility"] == "project"
    assert desk.to_push() == 0


def test_what_a_member_adds_to_the_session_of_another_reaches_them(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, "How do we deploy the site?", "With make up.")
    laptop.sync()
    desk.sync()
    with desk.machine.open() as store:
        sessions = LocalSessions(store)
        [one] = sessions.page(SessionQuery())
        sessions.append(one.id, [NewMessage(role="user", content="And the docs?")])
    sent = desk.sync().sessions
    laptop.sync()

    assert (sent.sent, sent.messages) == (1, 1)
    assert [*laptop.said().values()] == [["How do we deploy the site?", "With make up.", "And the docs?"]]


def test_who_has_left_keeps_everything_and_is_told(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.tenant = Tenant(ann.org_id, ann.user_id, ann.project_id, ann.key[:-4] + "0000", ann.http)

    with pytest.raises(Exception, match="key"):
        laptop.sync()
    assert (laptop.to_push(), [*laptop.said()]) == (1, [DECIDED])


def test_a_session_that_was_deleted_there_stays_here_and_is_not_sent_again(
    linked: Make, ann: Tenant, ben: Tenant
) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.sync()
    desk.sync()
    [there] = ann.call("GET", "/v1/sessions").json()["items"]
    ann.call("DELETE", f"/v1/sessions/{there['id']}")
    laptop.sync()
    desk.sync()
    laptop.sync()

    assert (laptop.said(), desk.said()) == ({DECIDED: [DECIDED]}, {})
    assert ann.call("GET", "/v1/sessions").json()["items"] == []


def test_a_push_that_is_cut_goes_on_where_it_was(linked: Make, ann: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "_BYTES_A_CALL", 4000)
    laptop = linked(ann, "laptop")
    laptop.share()
    long = [NewMessage(role="user", content=f"{n} {'word ' * 200}", external_id=f"x{n}") for n in range(40)]
    with laptop.machine.open() as store:
        sessions = LocalSessions(store)
        sessions.complete(
            sessions.capture(NewSession(project_id=PROJECT, tool="t", external_id="s", messages=long)).session.id
        )
        calls: list[int] = []

        def cut(count: int) -> None:
            calls.append(count)
            if len(calls) == 5:
                raise Unavailable("cut")

        with ContextFS(laptop.url, ann.key) as client:
            origin = UUID(int=1)
            with pytest.raises(Unavailable):
                pushing.push(sessions, client.sync, origin=origin, progress=cut)
            [halfway] = ann.call("GET", "/v1/sessions").json()["items"]
            rest = pushing.push(sessions, client.sync, origin=origin, progress=lambda _: None)
    [there] = ann.call("GET", "/v1/sessions").json()["items"]

    assert 0 < halfway["message_count"] < 40
    assert (halfway["status"], there["status"], there["message_count"]) == ("open", "completed", 40)
    assert rest.messages == 40 - halfway["message_count"]


def test_another_server_is_sent_everything(linked: Make, ann: Tenant, tenant: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.sync()
    before = laptop.to_push()
    with laptop.machine.open() as store:
        pushing_anew = store.base
        pushing_anew.run("update marks set value = 'http://elsewhere' where name = 'sync server'")
    again = laptop.sync().sessions

    assert (before, again.sent, again.messages) == (0, 1, 1)
    assert len(tenant.call("GET", "/v1/sessions").json()["items"]) == 1


def test_another_tenant_learns_nothing(linked: Make, ann: Tenant, other_tenant: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.sync()
    assert other_tenant.call("POST", "/v1/projects", {"name": "p", "id": str(PROJECT)}).status_code == 201
    theirs = linked(other_tenant, "theirs")
    theirs.sync()

    assert theirs.said() == {}


def test_the_server_does_not_learn_what_the_machine_keeps_for_itself(
    linked: Make, ann: Tenant, settled: Callable[[], None]
) -> None:
    laptop = linked(ann, "laptop")
    laptop.share()
    file = laptop.machine.root / ".contextfs/config.toml"
    file.write_text(file.read_text().replace('memories = "project"', 'memories = "private"'))
    keep(laptop, DECIDED)
    laptop.sync()
    settled()

    assert [one["status"] for one in ann.call("GET", "/v1/sessions").json()["items"]] == ["completed"]
    assert ann.call("GET", "/v1/memories").json()["items"] == []


def test_a_session_of_ones_own_is_shared_and_hidden_from_any_machine(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, tower, desk = linked(ann, "laptop"), linked(ann, "tower"), linked(ben, "desk")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.sync()
    tower.sync()
    desk.sync()
    tower.choose("private")
    tower.sync()
    desk.sync()
    hidden = desk.said()
    tower.choose("project")
    tower.sync()
    desk.sync()

    assert (hidden, desk.said(), tower.to_push()) == ({}, {DECIDED: [DECIDED]}, 0)


def test_who_added_to_a_session_that_is_hidden_keeps_only_what_was_not_sent(
    linked: Make, ann: Tenant, ben: Tenant
) -> None:
    laptop, desk, tower = linked(ann, "laptop"), linked(ben, "desk"), linked(ben, "tower")
    laptop.share()
    keep(laptop, "How do we deploy the site?")
    laptop.sync()
    for one in (desk, tower):
        one.sync()
        with one.machine.open() as store:
            sessions = LocalSessions(store)
            [found] = sessions.page(SessionQuery())
            sessions.append(found.id, [NewMessage(role="user", content="And the docs?")])
    desk.sync()
    laptop.choose("private")
    laptop.sync()
    desk.sync()
    tower.sync("pull")

    assert (desk.said(), tower.said()) == (
        {},
        {"How do we deploy the site?": ["How do we deploy the site?", "And the docs?"]},
    )


def test_a_session_of_another_that_is_closed_here_is_closed_there(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    with laptop.machine.open() as store:
        LocalSessions(store).capture(session("How do we deploy the site?"))
    laptop.sync()
    desk.sync()
    with desk.machine.open() as store:
        sessions = LocalSessions(store)
        [found] = sessions.page(SessionQuery())
        sessions.complete(found.id)
    desk.sync()

    assert [one["status"] for one in ann.call("GET", "/v1/sessions").json()["items"]] == ["completed"]


def test_a_session_that_is_removed_on_the_server_goes_from_the_machines_of_others(
    linked: Make, ann: Tenant, ben: Tenant
) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.share()
    keep(laptop, DECIDED)
    laptop.sync()
    desk.sync()
    with laptop.machine.open() as store:
        sessions = LocalSessions(store)
        [one] = sessions.page(SessionQuery())
        was_told = sessions.is_told(one.id)
        with ContextFS(laptop.url, ann.key) as client:
            client.sessions.delete(one.id)
        removing.remove(sessions, one.id, memories=False)
    pulled, again = desk.sync().pulled, laptop.sync()

    assert was_told
    assert (1, {}) == (pulled.sessions_withdrawn, desk.said())
    assert (0, 0, {}) == (again.sessions.sent, again.pulled.sessions, laptop.said())
    assert [] == ann.call("GET", "/v1/sessions").json()["items"]
