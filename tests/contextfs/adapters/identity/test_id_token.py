"""What is forged, stale, or meant for somebody else is refused, each for its own reason."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from contextfs.kit.errors import NotAuthenticated
from tests.contextfs.adapters.identity.conftest import Party
from tests.functions.auth.provider import Claims, Provider

Lie = Callable[[Claims, Claims], None]


def said(**claims: Any) -> Lie:
    """Let the token say other things; None takes a claim out."""

    def lie(_header: Claims, told: Claims) -> None:
        for name, value in claims.items():
            told.pop(name, None)
            if value is not None:
                told[name] = value

    return lie


def headed(**fields: Any) -> Lie:
    """Let the token's header say other things; None takes a field out."""

    def lie(header: Claims, _claims: Claims) -> None:
        for name, value in fields.items():
            header.pop(name, None)
            if value is not None:
                header[name] = value

    return lie


def timed(**seconds: int) -> Lie:
    """Let the token name other times, counted from when it is made."""

    def lie(_header: Claims, told: Claims) -> None:
        told |= {name: int(time.time()) + offset for name, offset in seconds.items()}

    return lie


LIES: dict[str, Lie] = {
    "another issuer": said(iss="https://evil.example"),
    "no issuer": said(iss=None),
    "an issuer that begins like ours": said(iss="http://127.0.0.1"),
    "another audience": said(aud="somebody-else"),
    "no audience": said(aud=None),
    "an audience that is no text": said(aud={"contextfs": True}),
    "several audiences and no party": said(aud=["contextfs", "somebody-else"]),
    "another party": said(azp="somebody-else"),
    "another nonce": said(nonce="another"),
    "no nonce": said(nonce=None),
    "a nonce that is no text": said(nonce=["nonce"]),
    "expired": timed(exp=-61),
    "no expiry": said(exp=None),
    "an expiry that is text": said(exp="1900000000"),
    "an expiry that is true": said(exp=True),
    "made in the time to come": timed(iat=600),
    "not made at any time": said(iat=None),
    "not valid yet": timed(nbf=600),
    "a beginning that is text": said(nbf="0"),
    "no subject": said(sub=None),
    "an empty subject": said(sub=""),
    "a subject that is no text": said(sub=["ann"]),
    "a subject without end": said(sub="x" * 256),
    "an access token": headed(typ="at+jwt"),
    "a logout token": headed(typ="logout+jwt"),
    "an unknown key": headed(kid="another"),
    "a key id that is a path": headed(kid="../../../../dev/null"),
    "a key id that is SQL": headed(kid="' or 1=1 --"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_signed_lie_is_refused(name: str, party: Party, provider: Provider) -> None:
    provider.lie = LIES[name]

    with pytest.raises(NotAuthenticated):
        party.sign_in()


@pytest.mark.parametrize(
    "lie",
    [
        *(said(aud=["contextfs"]), said(aud=["contextfs", "other"], azp="contextfs"), said(azp="contextfs")),
        *(timed(exp=-20), timed(iat=40, nbf=40), headed(typ=None), headed(typ="jwt"), headed(kid=None)),
    ],
)
def test_what_is_unusual_and_right_is_believed(lie: Lie, party: Party, provider: Provider) -> None:
    provider.lie = lie

    assert party.sign_in().subject == "ann"


def _parts(token: str) -> list[str]:
    return token.split(".")


def _json(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unsigned(alg: str) -> Callable[[Provider, str], str]:
    return lambda _provider, token: f"{_json({'alg': alg})}.{_parts(token)[1]}."


def _by_public_key(provider: Provider, token: str) -> str:
    return _by_secret(token, provider.keys[0].as_pem(private=False))


def _kid_that_is_no_text(_provider: Provider, token: str) -> str:
    return ".".join([_json({"alg": "RS256", "kid": ["one"]}), *_parts(token)[1:]])


def _by_own_key(**header: Any) -> Callable[[Provider, str], str]:
    def forge(_provider: Provider, token: str) -> str:
        mine = RSAKey.generate_key(2048)
        named = {"jwk": mine.as_dict(private=False)} if "jwk" in header else header
        registry = jws.JWSRegistry(strict_check_header=False, algorithms=["RS256"])
        head = {"alg": "RS256", "kid": "one"} | named
        return jws.serialize_compact(head, jws.extract_compact(token.encode()).payload, mine, registry=registry)

    return forge


def _other_claims(_provider: Provider, token: str) -> str:
    header, payload, signature = _parts(token)
    claims = json.loads(jws.extract_compact(token.encode()).payload)
    assert payload != _json(claims | {"sub": "boss"})
    return f"{header}.{_json(claims | {'sub': 'boss'})}.{signature}"


def _not_a_token(text: str) -> Callable[[Provider, str], str]:
    return lambda _provider, _token: text


def _critical(provider: Provider, token: str) -> str:
    registry = jws.JWSRegistry(strict_check_header=False, algorithms=["RS256"])
    head = {"alg": "RS256", "kid": "one", "crit": ["exp"], "exp": 1}
    key = provider.keys[0]
    header = _json(head)
    signed = jws.serialize_compact({"alg": "RS256"}, b"", key, registry=registry)
    return f"{header}.{_parts(token)[1]}.{_parts(signed)[2]}"


FORGERIES: dict[str, Callable[[Provider, str], str]] = {
    "no signature": _unsigned("none"),
    "no signature, spelt otherwise": _unsigned("NoNe"),
    "no signature, an algorithm": _unsigned("RS256"),
    "the signature taken off": lambda _provider, token: token.rsplit(".", 1)[0] + ".",
    "a public key as a shared secret": _by_public_key,
    "a key id that is no text": _kid_that_is_no_text,
    "a key that the token brings": _by_own_key(jwk=True),
    "a key that the token points to": _by_own_key(jku="https://evil.example/jwks"),
    "a certificate that the token points to": _by_own_key(x5u="https://evil.example/x5u"),
    "another key of the same name": _by_own_key(),
    "other claims under the signature": _other_claims,
    "an extension that has to be understood": _critical,
    "a token of two parts": _not_a_token("a.b"),
    "a token of five parts": _not_a_token("a.b.c.d.e"),
    "no token": _not_a_token(""),
    "letters that are none": _not_a_token("é.é.é"),
    "more than a token": _not_a_token("a" * 70_000),
    "a header that is a list": lambda _provider, token: f"{_json(['RS256'])}.{_parts(token)[1]}.{_parts(token)[2]}",
    "deep nesting": _not_a_token(f"{urlsafe_b64encode(b'[' * 30_000).decode()}.e30.e30"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused(name: str, party: Party, provider: Provider) -> None:
    provider.token = lambda token: FORGERIES[name](provider, token)

    with pytest.raises(NotAuthenticated):
        party.sign_in()


def test_claims_that_are_no_object_are_refused(party: Party, provider: Provider) -> None:
    head = {"alg": "RS256", "kid": "one"}
    provider.token = lambda _: jws.serialize_compact(head, b'["sub"]', provider.keys[0], algorithms=["RS256"])

    with pytest.raises(NotAuthenticated):
        party.sign_in()


def test_a_short_key_is_no_key(party: Party, provider: Provider) -> None:
    with pytest.warns(Warning, match="2048"):
        provider.keys = [RSAKey.generate_key(1024, {"kid": "one"})]

    with pytest.raises(NotAuthenticated), pytest.warns(Warning, match="2048"):
        party.sign_in()


def test_a_shared_secret_among_the_keys_is_no_key(party: Party, provider: Provider) -> None:
    provider.published = [{"kty": "oct", "kid": "one", "alg": "HS256", "k": "c2VjcmV0"}]
    provider.token = lambda token: _by_secret(token, b"secret")

    with pytest.raises(NotAuthenticated):
        party.sign_in()


def _by_secret(token: str, secret: bytes) -> str:
    said = f"{_json({'alg': 'HS256', 'kid': 'one'})}.{_parts(token)[1]}"
    mac = hmac.new(secret, said.encode(), "sha256").digest()
    return f"{said}.{urlsafe_b64encode(mac).decode().rstrip('=')}"
