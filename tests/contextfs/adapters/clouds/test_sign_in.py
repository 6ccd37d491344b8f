"""The sign-in services of all clouds keep one contract: what is forged, stale or somebody else's is refused."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.oauth2 import id_token as google
from joserfc.jwk import RSAKey

from contextfs.adapters.clouds.gcp.sign_in import KEYS
from contextfs.kit.errors import NotAuthenticated
from tests.contextfs.adapters.clouds import sign_in_services
from tests.contextfs.adapters.clouds.sign_in_services import PROJECT, Pool, Twin
from tests.contextfs.adapters.identity.test_id_token import FORGERIES, Lie, headed, said, timed

MADE: dict[str, Callable[[], AbstractContextManager[Twin]]] = {
    "local": sign_in_services.local,
    "gcp": sign_in_services.gcp,
    "aws": sign_in_services.aws,
}


@pytest.fixture(scope="module", params=MADE)
def made(request: pytest.FixtureRequest) -> Iterator[Twin]:
    """Give each service in turn."""
    with MADE[request.param]() as twin:
        yield twin


@pytest.fixture
def twin(made: Twin) -> Twin:
    """Give a service at the time that it is."""
    made.passed = timedelta(0)
    return made


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Give a user pool."""
    with sign_in_services.aws() as made:
        yield made


LIES: dict[str, Lie] = {
    "another issuer": said(iss="https://evil.example"),
    "no issuer": said(iss=None),
    "an issuer that begins like ours": said(iss="https://"),
    "another audience": said(aud="somebody-else"),
    "no audience": said(aud=None),
    "an audience that is no text": said(aud={"contextfs": True}),
    "another party": said(azp="somebody-else"),
    "expired": timed(exp=-61),
    "no expiry": said(exp=None),
    "an expiry that is text": said(exp="1900000000"),
    "made in the time to come": timed(iat=600),
    "not made at any time": said(iat=None),
    "not valid yet": timed(nbf=600),
    "signed in too long ago": timed(auth_time=-361),
    "signed in in the time to come": timed(auth_time=61),
    "signed in at no time": said(auth_time="now"),
    "no subject": said(sub=None),
    "an empty subject": said(sub=""),
    "an access token": headed(typ="at+jwt"),
    "an unknown key": headed(kid="another"),
    "a key id that is a path": headed(kid="../../../../dev/null"),
    "another algorithm of the same key": headed(alg="RS512"),
}


def test_who_has_just_signed_in_is_told(twin: Twin) -> None:
    told = twin.service.read(twin.token())

    assert (told.issuer, told.subject) == (twin.usual["iss"], "ann")
    assert (told.attributes["email"], told.attributes["email_verified"]) == ("ann@acme.example", True)


@pytest.mark.parametrize("name", LIES)
def test_a_signed_lie_is_refused(name: str, twin: Twin) -> None:
    with pytest.raises(NotAuthenticated):
        twin.service.read(twin.token(LIES[name]))


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused(name: str, twin: Twin) -> None:
    forged = FORGERIES[name](SimpleNamespace(keys=[twin.key]), twin.token())  # pyright: ignore[reportArgumentType]

    with pytest.raises(NotAuthenticated):
        twin.service.read(forged)


def test_another_key_of_the_same_name_is_refused(twin: Twin) -> None:
    theirs = RSAKey.generate_key(2048, {"kid": str(twin.key.kid)})
    forged = Twin(service=twin.service, key=theirs, client=twin.client, usual=twin.usual).token()

    with pytest.raises(NotAuthenticated):
        twin.service.read(forged)


def test_a_token_is_good_for_five_minutes_after_the_sign_in(twin: Twin) -> None:
    token = twin.token()

    twin.passed = timedelta(minutes=4)
    assert twin.service.read(token).subject == "ann"
    twin.passed = timedelta(minutes=7)
    with pytest.raises(NotAuthenticated, match="too long ago"):
        twin.service.read(token)


@pytest.mark.parametrize("name", ["local", "gcp"])
def test_a_flood_of_invented_key_ids_asks_once_in_half_a_minute(name: str) -> None:
    with MADE[name]() as twin:
        assert twin.provider is not None
        for number in range(20):
            with pytest.raises(NotAuthenticated):
                twin.service.read(twin.token(headed(kid=f"invented {number}")))

        assert twin.provider.asked.count("/jwks") == 1


@pytest.mark.parametrize("name", ["local", "gcp"])
def test_a_new_key_is_known_within_the_minute(name: str) -> None:
    with MADE[name]() as twin:
        assert twin.provider is not None
        twin.service.read(twin.token())
        twin.provider.rotate()
        (twin.key,) = [key for key in twin.provider.keys if isinstance(key, RSAKey)]
        twin.passed = timedelta(seconds=31)

        assert twin.service.read(twin.token()).subject == "ann"


def test_an_openid_provider_may_leave_out_when_somebody_signed_in() -> None:
    with sign_in_services.local() as twin:
        token = twin.token(said(auth_time=None))

        assert twin.service.read(token).subject == "ann"
        twin.passed = timedelta(seconds=361)
        with pytest.raises(NotAuthenticated, match="too long ago"):
            twin.service.read(token)


TENANTS: dict[str, tuple[str | None, Any]] = {
    "a tenant where none is meant": (None, {"tenant": "acme"}),
    "no tenant where one is meant": ("acme", {}),
    "another tenant": ("acme", {"tenant": "other"}),
    "a tenant that is no text": ("acme", {"tenant": ["acme"]}),
    "no word of it": ("acme", None),
    "a word that is none": ("acme", "acme"),
}


@pytest.mark.parametrize("name", TENANTS)
def test_another_tenant_of_the_project_is_somebody_else(name: str) -> None:
    meant, told = TENANTS[name]
    with sign_in_services.gcp(meant) as twin, pytest.raises(NotAuthenticated, match="another tenant"):
        twin.service.read(twin.token(said(firebase=told)))


def test_the_tenant_that_is_meant_is_believed() -> None:
    with sign_in_services.gcp("acme") as twin:
        assert twin.service.read(twin.token()).subject == "ann"


def test_googles_own_library_believes_the_same_token() -> None:
    """What is minted here has the form that Google gives its tokens: its own client library takes it, too."""
    with sign_in_services.gcp() as twin:
        keys = {twin.key.kid: twin.key.as_pem(private=False).decode()}

        def answering(_url: str, **_: Any) -> Any:
            return SimpleNamespace(status=200, data=json.dumps(keys).encode())

        theirs = cast("Any", google).verify_firebase_token(twin.token(), answering, PROJECT)

        assert twin.service.read(twin.token()).subject == theirs["sub"]


def test_the_keys_are_asked_of_google() -> None:
    assert KEYS == "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"


def test_a_token_that_the_pool_signed_is_believed(pool: Pool) -> None:
    pool.sign_up("ben@acme.example")

    told = pool.service.read(pool.sign_in("ben@acme.example")["IdToken"])

    assert told.issuer == pool.usual["iss"]
    assert (told.attributes["email"], told.attributes["email_verified"]) == ("ben@acme.example", "true")


def test_an_access_token_of_the_pool_signs_nobody_in(pool: Pool) -> None:
    pool.sign_up("eve@acme.example")
    tokens = pool.sign_in("eve@acme.example")

    with pytest.raises(NotAuthenticated):
        pool.service.read(tokens["AccessToken"])
    with pytest.raises(NotAuthenticated, match="no ID token"):
        pool.service.read(pool.token(said(token_use="access")))


def test_a_token_for_another_client_of_the_pool_is_refused(pool: Pool) -> None:
    pool.sign_up("kim@acme.example")
    name = pool.usual["iss"].rsplit("/", 1)[1]
    other = pool.sdk.create_user_pool_client(
        UserPoolId=name, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    theirs = Pool(service=pool.service, key=pool.key, client=other, usual=pool.usual, sdk=pool.sdk)

    with pytest.raises(NotAuthenticated, match="somebody else"):
        pool.service.read(theirs.sign_in("kim@acme.example")["IdToken"])
