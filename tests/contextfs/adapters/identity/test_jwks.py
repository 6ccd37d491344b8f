"""A provider changes its keys when it likes; nobody makes this server ask for them without end."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event
from time import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from contextfs.kit.errors import NotAuthenticated
from tests.contextfs.adapters.identity.conftest import CHALLENGE, Party
from tests.functions.auth.provider import Claims, Provider


def test_keys_are_read_once_and_a_new_one_is_found(party: Party, provider: Provider) -> None:
    for _ in range(3):
        party.sign_in()
    asked = provider.asked.count("/jwks")
    provider.rotate()
    party.passed += timedelta(seconds=31)

    assert party.sign_in().subject == "ann"
    assert (asked, provider.asked.count("/jwks")) == (1, 2)


def test_a_key_that_was_taken_back_is_gone_within_the_hour(party: Party, provider: Provider) -> None:
    party.sign_in()
    provider.published = [RSAKey.generate_key(2048, {"kid": "new"}).as_dict(private=False)]
    provider.person |= {"exp": int(time()) + 7200}
    party.passed += timedelta(minutes=59)
    still = party.sign_in().subject
    party.passed += timedelta(minutes=2)

    assert still == "ann"
    with pytest.raises(NotAuthenticated, match="no such key"):
        party.sign_in()


def test_a_flood_of_invented_key_ids_asks_once_in_half_a_minute(party: Party, provider: Provider) -> None:
    party.sign_in()
    numbers = iter(range(1000))

    def lie(header: Claims, _claims: Claims) -> None:
        header["kid"] = f"invented {next(numbers)}"

    provider.lie = lie

    def attack(_: int) -> None:
        with suppress(NotAuthenticated):
            party.sign_in()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attack, range(40)))
    within = provider.asked.count("/jwks")
    party.passed += timedelta(seconds=31)
    for _ in range(5):
        attack(0)

    assert (within, provider.asked.count("/jwks")) == (1, 2)


def test_without_a_key_id_there_must_be_no_choice(party: Party, provider: Provider) -> None:
    provider.keys = [RSAKey.generate_key(2048, {"kid": "a"}), RSAKey.generate_key(2048, {"kid": "b"})]
    provider.published = [key.as_dict(private=False) for key in reversed(provider.keys)]  # the right one comes first
    provider.lie = lambda header, _claims: header.__delitem__("kid")

    with pytest.raises(NotAuthenticated):
        party.sign_in()


@pytest.mark.parametrize("other", [{"use": "enc"}, {"alg": "PS256"}, {"use": ["sig"]}, {"kid": ["one"]}, {"n": "!"}])
def test_a_key_for_another_use_is_not_taken(other: Claims, party: Party, provider: Provider) -> None:
    provider.published = [provider.keys[0].as_dict(private=False) | other]

    with pytest.raises(NotAuthenticated):
        party.sign_in()


def test_elliptic_curves_are_believed_too(party: Party, provider: Provider) -> None:
    provider.keys = [RSAKey.generate_key(2048, {"kid": "a"}), ECKey.generate_key("P-256", {"kid": "b"})]
    provider.lie = lambda header, _claims: header.update(alg="ES256")

    assert party.sign_in().subject == "ann"


def test_a_key_of_another_kind_than_the_algorithm_is_not_taken(party: Party, provider: Provider) -> None:
    provider.lie = lambda header, _claims: header.update(alg="RS256", kid="b")
    provider.keys = [ECKey.generate_key("P-256", {"kid": "b"}), RSAKey.generate_key(2048, {"kid": "a"})]

    with pytest.raises(NotAuthenticated, match="no such key"):
        party.sign_in()


def test_a_slow_provider_holds_up_no_other_ones_keys(party: Party, provider: Provider) -> None:
    other = Provider()
    theirs = Party(other)
    theirs.providers = party.providers
    held, arrived = Event(), Event()

    class Slow(list[Any]):
        def __bool__(self) -> bool:
            arrived.set()
            return not held.wait(20)

    party.providers.address(party.peer(), CHALLENGE)
    provider.published = Slow()
    with ThreadPoolExecutor(1) as pool:
        mine = pool.submit(party.sign_in)
        assert arrived.wait(20)
        subject, is_over = theirs.sign_in().subject, mine.done()
        held.set()
    other.close()

    assert (subject, is_over, mine.result().subject) == ("ann", False, "ann")
