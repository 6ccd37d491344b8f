"""The roles of the database: what each of them sees and may, with no claims and with forged ones."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from contextfs.adapters.database.isolation import WISHES, Role
from contextfs.domain.access.store import assuming, signed_claims
from contextfs.kit.call import Services
from contextfs.runtime.addresses import Addresses
from contextfs.runtime.isolation.model import UNKNOWN, Check, Victim

AREA: Final = "the database"
_APP, _SQL, _RELAY = "the role of the API", "the role of direct SQL", "the role that carries events"
_CONTENT: Final = ("sessions", "messages", "memories", "revisions", "passages", "api_keys", "memberships")


def roles(addresses: Addresses, services: Services, victim: Victim) -> Iterator[Check]:
    """Connect as each role whose address is known, and ask the database."""
    app_url, relay_url, sql_url = (addresses.of(f"{name}database_url") for name in ("", "relay_", "sql_"))
    with Role(app_url or "") as app:
        tables = app.tables()
        unforced = [name for name, (forced, _) in tables.items() if not forced]
        yield _check("row-level security is forced on every table", "the catalog", len(tables), unforced)
        yield from _api(app, victim, tables)
    if relay_url is not None:
        with Role(relay_url) as relay:
            yield from _closed(relay, _RELAY, {"no claims": {}, "the victim's claims": _claims(victim)}, list(_CONTENT))
    if sql_url is not None:
        with Role(sql_url) as reader:
            yield from _reader(reader, services, victim, [*tables])


def _api(app: Role, victim: Victim, tables: Mapping[str, tuple[bool, str]]) -> Iterator[Check]:
    mighty = ["it passes by row-level security"] if app.is_mighty() else []
    yield _check("it cannot pass by row-level security, nor make roles", _APP, 1, mighty)
    theirs = str(victim.org_id)
    forged: dict[str, Mapping[str, str]] = {
        "no claims": {},
        "claims that are no ids": _claims(victim) | {"app.org_id": "garbage"},
        "empty claims": dict.fromkeys(_claims(victim), ""),
    }
    yield from _closed(app, _APP, forged, [*tables])
    another = _claims(victim) | {"app.org_id": UNKNOWN}
    seen = [name for name, count in app.seen([*tables], another, theirs) if count]
    yield _check("the claims of another organization show nothing", _APP, len(tables), seen)
    own = dict(app.seen(["sessions", "memories", "api_keys"], _claims(victim), theirs))
    blind = [name for name, count in own.items() if not count]
    yield _check("its own claims show its own rows, so that nothing above is true for want of rows", _APP, 3, blind)
    yield _wishes(app, _APP)


def _reader(reader: Role, services: Services, victim: Victim, tables: list[str]) -> Iterator[Check]:
    sign = _signer(services, victim)
    good = sign(reader.backend)
    forged: dict[str, Mapping[str, str]] = {
        "no claims": {},
        "unsigned claims": _claims(victim),
        "claims signed for another connection": {"app.signed_claims": sign(reader.backend + 1)},
        "a changed signature": {"app.signed_claims": ("0" if good[0] != "0" else "1") + good[1:]},
        "changed claims": {"app.signed_claims": good.replace(str(victim.org_id), UNKNOWN)},
    }
    yield from _closed(reader, _SQL, forged, tables)
    own = dict(reader.seen(["memories"], {"app.signed_claims": good}))
    yield _check(
        "signed claims show rows, so that nothing above is true for want of rows",
        _SQL,
        1,
        [] if own["memories"] else ["memories"],
    )
    mighty = ["it passes by row-level security"] if reader.is_mighty() else []
    yield _check("it cannot pass by row-level security, nor make roles", _SQL, 1, mighty)
    yield _wishes(reader, _SQL)


def _closed(role: Role, name: str, forged: Mapping[str, Mapping[str, str]], tables: list[str]) -> Iterator[Check]:
    for told, claims in forged.items():
        seen = [table for table, count in role.seen(tables, claims) if count]
        yield _check(f"{told} show nothing", name, len(tables), seen)


def _wishes(role: Role, name: str) -> Check:
    granted = [wish for wish, statement in WISHES.items() if role.may(statement)]
    return _check("it may not switch security off, change policies or become another role", name, len(WISHES), granted)


def _claims(victim: Victim) -> dict[str, str]:
    """Give the claims of the victim's owner, as the door sets them."""
    return {
        "app.org_id": str(victim.org_id),
        "app.user_id": str(victim.user_id),
        "app.all_projects": "on",
        "app.project_ids": "{}",
    }


def _signer(services: Services, victim: Victim) -> Callable[[int], str]:
    def sign(backend: int) -> str:
        with services.database.transaction(assuming(victim.org_id, victim.user_id)) as (tx, _):
            return signed_claims(tx, backend)

    return sign


def _check(subject: str, who: str, tried: int, wrong: list[str]) -> Check:
    return Check(area=AREA, subject=subject, who=who, tried=tried, leak=", ".join(wrong) or None)
