"""Sign-in services on this machine: each signs tokens of its cloud's form, and publishes the key.

Cognito is moto's: it keeps a pool and its people, signs as it does by itself, and what it would never say is signed by
the same key. Identity Platform has no such server; its tokens have the form that Google describes.
"""

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.jwk import RSAKey
from moto.utilities.utils import load_resource  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from contextfs.adapters.clouds.aws.sign_in import Cognito
from contextfs.adapters.clouds.gcp.sign_in import IdentityPlatform
from contextfs.adapters.clouds.local.sign_in import OpenIdProvider
from contextfs.adapters.web import Web
from contextfs.kit.identity import SignInService
from tests.contextfs.adapters.clouds import moto_server
from tests.functions.auth.provider import Claims, Provider

Lie = Callable[[Claims, Claims], None]

PROJECT = "acme-prod"
_PASSWORD = "Correct-horse-9"


def _nothing(_header: Claims, _claims: Claims) -> None:
    """Say what is so."""


@dataclass(kw_only=True)
class Twin:
    """A service as it is read, the key that it signs by, its client, and what it says of somebody.

    `published` is where its keys are; `provider` the server there, where it is ours.
    """

    service: SignInService
    key: RSAKey
    client: str
    usual: Claims
    provider: Provider | None = None
    passed: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Tell the time, as the test moved it on."""
        return datetime.now(UTC) + self.passed

    def token(self, lie: Lie = _nothing, **person: Any) -> str:
        """Sign a token for somebody who signs in now."""
        now = int(time.time())
        header = {"alg": "RS256", "kid": self.key.kid, "typ": "JWT"}
        claims = {**self.usual, "iat": now, "auth_time": now, "exp": now + 3600, **person}
        lie(header, claims)
        registry = jws.JWSRegistry(strict_check_header=False, algorithms=[str(header["alg"])])
        return jws.serialize_compact(header, json.dumps(claims), self.key, registry=registry)


ANN: Claims = {"sub": "ann", "email": "ann@acme.example", "email_verified": True}


@contextmanager
def local() -> Generator[Twin]:
    """Give an OpenID provider."""
    with _publishing() as provider:
        usual = {**ANN, "iss": provider.issuer, "aud": "contextfs"}
        twin = Twin(service=_UNSET, key=_key(provider), client="contextfs", usual=usual, provider=provider)
        twin.service = OpenIdProvider(provider.issuer, "contextfs", Web(loopback=True), twin.now)
        yield twin


@contextmanager
def gcp(tenant: str | None = None) -> Generator[Twin]:
    """Give Identity Platform, with keys of a test's own."""
    with _publishing() as provider:
        firebase: Claims = {"identities": {"email": ["ann@acme.example"]}, "sign_in_provider": "password"}
        usual = {
            **ANN,
            "iss": f"https://securetoken.google.com/{PROJECT}",
            "aud": PROJECT,
            "user_id": "ann",
            "firebase": firebase | ({} if tenant is None else {"tenant": tenant}),
        }
        twin = Twin(service=_UNSET, key=_key(provider), client=PROJECT, usual=usual, provider=provider)
        keys = f"{provider.issuer}/jwks"
        twin.service = IdentityPlatform(PROJECT, tenant, Web(loopback=True), twin.now, keys=keys)
        yield twin


@dataclass(kw_only=True)
class Pool(Twin):
    """A user pool of moto's, and the client library that speaks to it."""

    sdk: Any

    def sign_up(self, email: str, *, verified: bool = True) -> None:
        """Make somebody known to the pool."""
        self.sdk.sign_up(ClientId=self.client, Username=email, Password=_PASSWORD)
        pool = self.usual["iss"].rsplit("/", 1)[1]
        self.sdk.admin_confirm_sign_up(UserPoolId=pool, Username=email)
        told = [{"Name": "email_verified", "Value": str(verified).lower()}]
        self.sdk.admin_update_user_attributes(UserPoolId=pool, Username=email, UserAttributes=told)

    def sign_in(self, email: str) -> Claims:
        """Sign in by the client library; gives the tokens that the pool signs."""
        told = {"USERNAME": email, "PASSWORD": _PASSWORD}
        reply = self.sdk.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=told)
        return reply["AuthenticationResult"]


@contextmanager
def aws() -> Generator[Pool]:
    """Give Cognito."""
    with moto_server.served() as environment, moto_server.client("cognito-idp", environment) as sdk:
        pool = sdk.create_user_pool(PoolName="people", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])[
            "UserPool"
        ]["Id"]
        client = sdk.create_user_pool_client(
            UserPoolId=pool,
            ClientName="studio",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            ReadAttributes=["email", "email_verified"],
        )["UserPoolClient"]["ClientId"]
        issuer = f"https://cognito-idp.{moto_server.REGION}.amazonaws.com/{pool}"
        usual = {**ANN, "iss": issuer, "aud": client, "token_use": "id", "cognito:username": "ann"}
        theirs: Any = load_resource("cognitoidp/resources/jwks-private.json")
        del theirs["alg"]  # so that it signs by another one, too, when it lies
        key = RSAKey.import_key(theirs)
        twin = Pool(service=_UNSET, key=key, client=client, usual=usual, sdk=sdk)
        keys = f"{environment['AWS_ENDPOINT_URL']}/{pool}/.well-known/jwks.json"
        twin.service = Cognito(pool, client, Web(loopback=True), twin.now, keys=keys)
        yield twin


_UNSET: Any = None
"""The service is made a moment later, by the clock of the twin."""


@contextmanager
def _publishing() -> Generator[Provider]:
    provider = Provider()
    try:
        yield provider
    finally:
        provider.close()


def _key(provider: Provider) -> RSAKey:
    key = provider.keys[0]
    assert isinstance(key, RSAKey)
    return key
