"""A passport is good for one call, to one region, for a minute."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given, strategies

from contextfs.kit.errors import NotAllowed
from contextfs.kit.regions import Regions, read
from contextfs.runtime.border import passport
from contextfs.runtime.border.passport import Asked, Passport

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TABLE = "north=https://north.example south=https://south.example east=https://east.example"
CALL = Asked("POST", "/v1/memories", [(b"Authorization", b"Bearer ctxk"), (b"x-other", b"1")], b"limit=1&q=a%2Fb")


def of(name: str, key: str = "k" * 32) -> Regions:
    return read(TABLE, here=name, key=key, elsewhere="forward")


def written(address: str | None = "203.0.113.9") -> str:
    return passport.write(of("north"), "south", CALL, "forward", address, NOW).decode()


@given(strategies.ip_addresses().map(str) | strategies.none(), strategies.integers(-60, 60))
def test_what_one_region_writes_the_other_reads(address: str | None, late: int) -> None:
    read = passport.read(of("south"), written(address), CALL, NOW + timedelta(seconds=late))

    assert read == Passport("north", "forward", address)


@pytest.mark.parametrize(
    "asked",
    [
        CALL._replace(method="DELETE"),
        CALL._replace(path="/v1/projects"),
        CALL._replace(query=b"limit=2&q=a%2Fb"),
        CALL._replace(query=b"limit=1&q=a%2Fb&q=c"),
        CALL._replace(query=b""),
        CALL._replace(headers=[(b"authorization", b"Bearer another")]),
        CALL._replace(headers=[]),
        CALL._replace(headers=[*CALL.headers, (b"cookie", b"ctx_login=x")]),
        CALL._replace(headers=[*CALL.headers, (b"X-ContextFS-Key", b"ctxk")]),
    ],
)
def test_it_is_worth_nothing_with_another_call(asked: Asked) -> None:
    with pytest.raises(NotAllowed, match="none did"):
        passport.read(of("south"), written(), asked, NOW)


@pytest.mark.parametrize("late", [-61, 61, 10**9])
def test_it_is_worth_nothing_at_another_time(late: int) -> None:
    with pytest.raises(NotAllowed):
        passport.read(of("south"), written(), CALL, NOW + timedelta(seconds=late))


@pytest.mark.parametrize(("reader", "key"), [("east", "k" * 32), ("north", "k" * 32), ("south", "l" * 32)])
def test_it_is_for_one_region_and_of_one_installation(reader: str, key: str) -> None:
    with pytest.raises(NotAllowed):
        passport.read(of(reader, key), written(), CALL, NOW)


@given(strategies.integers(0, len(written()) - 1), strategies.characters(codec="latin-1"))
def test_no_character_of_it_can_be_changed(place: int, other: str) -> None:
    text = written()
    changed = f"{text[:place]}{other}{text[place + 1 :]}"
    if changed == text:
        return
    with pytest.raises(NotAllowed):
        passport.read(of("south"), changed, CALL, NOW)


def test_how_a_list_is_spelt_does_not_matter() -> None:
    offered = CALL._replace(headers=[(b"sec-websocket-protocol", b"contextfs.v1, contextfs.key.x")])
    given = passport.write(of("north"), "south", offered, "forward", None, NOW).decode()
    again = CALL._replace(headers=[(b"Sec-WebSocket-Protocol", b"contextfs.v1,contextfs.key.x")])

    assert passport.read(of("south"), given, again, NOW) == Passport("north", "forward", None)


@given(strategies.binary())
def test_how_a_query_is_spelt_does_not_matter(query: bytes) -> None:
    given = passport.write(of("north"), "south", CALL._replace(query=query), "forward", None, NOW).decode()
    again = CALL._replace(query=quote(query, safe="%&=+").encode())

    assert passport.read(of("south"), given, again, NOW) == Passport("north", "forward", None)


def test_what_it_is_for_cannot_be_changed() -> None:
    changed = written().replace("for=forward", "for=ask")
    with pytest.raises(NotAllowed):
        passport.read(of("south"), changed, CALL, NOW)
