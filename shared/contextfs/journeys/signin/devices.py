"""Let a device in (RFC 8628): it shows a code, a person says in a browser that it is theirs, and it gets a key."""

from contextfs.domain.access.model import ApiKeyCreated
from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.devices import rules, store
from contextfs.domain.devices.model import Answered, Asking, Decided, Decision
from contextfs.domain.devices.store import NOBODY
from contextfs.domain.logins.store import role_of
from contextfs.journeys.enter import keys
from contextfs.journeys.signin.logins import check_stands_for_its_person
from contextfs.kit import tokens
from contextfs.kit.call import Call, OpenCall
from contextfs.kit.errors import NotFound
from contextfs.kit.ids import uuid7


def begin(call: OpenCall, name: str) -> Asking:
    """Let a device ask. Nothing of it is anybody's yet."""
    services = call.services
    device = uuid7(call.now, services.entropy)
    text = tokens.mint(rules.PREFIX, NOBODY, device, services.entropy)
    shown = rules.user_code(services.entropy)
    with call.inside(NOBODY, None) as inside:
        store.insert(
            inside.tx,
            tokens.Named(NOBODY, device, tokens.digest(text, services.key_pepper)),
            tokens.digest(rules.plain(shown), services.key_pepper),
            name=name,
            agent=call.agent,
            expires_at=call.now + rules.LASTS,
        )
    lasts = int(rules.LASTS.total_seconds())
    return Asking(device_code=text, user_code=shown, expires_in=lasts, interval=rules.INTERVAL)


def decide(call: Call, decision: Decision) -> Decided:
    """Say of the device that shows a code whether it may act for the caller; NotFound when no such one waits."""
    user_id = check_stands_for_its_person(call)
    code = tokens.digest(rules.plain(decision.user_code), call.services.key_pepper)
    name = store.decide(call.tx, code, user_id, allowed=decision.allow, now=call.now)
    if name is None:
        raise NotFound("No device shows this code, or it has expired: begin again there.", where="$.user_code")
    call.note(allowed=decision.allow)
    return Decided(name=name, allowed=decision.allow)


def poll(call: OpenCall, device_code: str) -> Answered | None:
    """Tell a device what came of its question; None when there is none, or it is over."""
    named = tokens.parse(device_code, call.services.key_pepper, rules.PREFIX)
    if named is None or named.org_id != NOBODY:
        return None
    with call.inside(NOBODY, None) as inside:
        return store.poll(inside.tx, named, call.now)


def admit(call: OpenCall, answered: Answered) -> ApiKeyCreated:
    """Give a device that was allowed its key, with what its person may; NotFound when they are no member now."""
    if answered.org_id is None or answered.user_id is None:
        raise NotFound("Nobody allowed this device.")
    with call.inside(answered.org_id, "api_key.created") as inside:
        role = role_of(inside.tx, answered.user_id)
        created = keys.mint(
            inside,
            name=answered.name,
            role=role,
            permissions=permissions_of(inside.tx, role),
            project_id=None,
            user_id=answered.user_id,
            expires_at=call.now + rules.KEY_LASTS,
        )
        inside.emit("api_key.created", created.api_key.id, None)
        inside.note(user=str(answered.user_id), method="device")
    return created
