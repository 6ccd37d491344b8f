"""Each check of the OpenID reader, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_ROOM = "adapters/identity/"
_HERE = "tests/contextfs/adapters/identity/"
_TOKEN, _KEYS, _DISCOVERY = _ROOM + "id_token.py", _ROOM + "jwks.py", _ROOM + "discovery.py"
_REFUSED_METADATA = _HERE + "test_discovery.py::test_metadata_that_cannot_be_trusted_is_refused"


def _lie(name: str) -> str:
    return f"{_HERE}test_id_token.py::test_a_signed_lie_is_refused[{name}]"


def _forgery(name: str) -> str:
    return f"{_HERE}test_id_token.py::test_a_forgery_is_refused[{name}]"


def _keys(name: str) -> str:
    return f"{_HERE}test_jwks.py::{name}"


def _service(name: str) -> str:
    return f"tests/contextfs/adapters/clouds/test_sign_in.py::{name}"


_BROUGHT, _CLOUDS = _ROOM + "brought.py", "adapters/clouds/"

MUTANTS: tuple[Unchecked, ...] = (
    never(
        "moment of a sign-in that is brought",
        _BROUGHT,
        "signed_in is None or signed_in - skew > now.timestamp()",
        _service("test_a_signed_lie_is_refused[gcp-signed in in the time to come]"),
    ),
    never(
        "age of a sign-in that is brought",
        _BROUGHT,
        "signed_in + FRESH.total_seconds() + skew <= now.timestamp()",
        _service("test_a_signed_lie_is_refused[gcp-signed in too long ago]"),
    ),
    never(
        "tenant of Identity Platform",
        _CLOUDS + "gcp/sign_in.py",
        "_tenant(claims) != self._tenant",
        _service("test_another_tenant_of_the_project_is_somebody_else"),
    ),
    without(
        "project of Identity Platform",
        _CLOUDS + "gcp/sign_in.py",
        "self._tokens.read(id_token, self._signer, self._project)",
        'self._tokens.read(id_token, self._signer, "somebody-else")',
        _service("test_a_signed_lie_is_refused[gcp-another audience]"),
    ),
    never(
        "use of a token of Cognito",
        _CLOUDS + "aws/sign_in.py",
        'assertion.attributes.get("token_use") != "id"',
        _service("test_an_access_token_of_the_pool_signs_nobody_in"),
    ),
    never("issuer", _TOKEN, 'claims.get("iss") != issuer', _lie("another issuer")),
    never("audience", _TOKEN, "client_id not in many", _lie("another audience")),
    never("party", _TOKEN, "(party is not None or len(many) > 1) and party != client_id", _lie("another party")),
    without("several audiences", _TOKEN, " or len(many) > 1)", ")", _lie("several audiences and no party")),
    without("nonce", _TOKEN, "not hmac.compare_digest(told.encode(), nonce.encode())", "False", _lie("another nonce")),
    never("expiry", _TOKEN, "expires + skew <= moment", _lie("expired")),
    without("times at all", _TOKEN, " or issued is None", "", _lie("not made at any time")),
    without("times to come", _TOKEN, "issued - skew > moment or ", "", _lie("made in the time to come")),
    without("beginning", _TOKEN, " or (begins or 0) - skew > moment", "", _lie("not valid yet")),
    without("subject", _TOKEN, "0 < len(subject)", "0 <= len(subject)", _lie("an empty subject")),
    never("type", _TOKEN, 'str(header.get("typ", "JWT")).lower() not in _TYPES', _lie("an access token")),
    without(
        "signature",
        _TOKEN,
        "signed = jws.deserialize_compact(token, key, algorithms=[str(algorithm)])",
        "signed = jws.extract_compact(token.encode())",
        _forgery("other claims under the signature"),
    ),
    never("algorithm", _TOKEN, "algorithm not in signer.algorithms", _forgery("a public key as a shared secret")),
    never(
        "algorithm of a shared secret",
        _TOKEN,
        "algorithm not in signer.algorithms",
        _HERE + "test_id_token.py::test_a_shared_secret_among_the_keys_is_no_key",
    ),
    without(
        "kind of a key",
        _KEYS,
        'key.get("kty") == _TYPES[algorithm[:2]]',
        "True",
        _keys("test_a_key_of_another_kind_than_the_algorithm_is_not_taken"),
    ),
    without(
        "algorithms of key pairs alone",
        _DISCOVERY,
        "tuple(name for name in ALGORITHMS if name in self.id_token_signing_alg_values_supported)",
        "self.id_token_signing_alg_values_supported",
        _REFUSED_METADATA,
    ),
    without("key id", _KEYS, '(kid is None or key.get("kid") == kid)', "True", _lie("an unknown key")),
    without(
        "one key",
        _KEYS,
        "if len(fitting) != 1:",
        "if not fitting:",
        _keys("test_without_a_key_id_there_must_be_no_choice"),
    ),
    without(
        "use of a key",
        _KEYS,
        'key.get("use") in (None, "sig")',
        "True",
        _keys("test_a_key_for_another_use_is_not_taken"),
    ),
    without(
        "algorithm of a key",
        _KEYS,
        'key.get("alg") in (None, algorithm)',
        "True",
        _keys("test_a_key_for_another_use_is_not_taken"),
    ),
    without(
        "length of a key",
        _KEYS,
        "key.raw_value.key_size < _LEAST_RSA_BITS",
        "False",
        _HERE + "test_id_token.py::test_a_short_key_is_no_key",
    ),
    without(
        "pause between questions for keys",
        _KEYS,
        "_PAUSE: Final = timedelta(seconds=30)",
        "_PAUSE: Final = timedelta(0)",
        _keys("test_a_flood_of_invented_key_ids_asks_once_in_half_a_minute"),
    ),
    without(
        "keys that were taken back",
        _KEYS,
        "_FRESH: Final = timedelta(hours=1)",
        "_FRESH: Final = timedelta(days=9000)",
        _keys("test_a_key_that_was_taken_back_is_gone_within_the_hour"),
    ),
    never("issuer of the metadata", _DISCOVERY, 'metadata.issuer.rstrip("/") != issuer', _REFUSED_METADATA),
    never("PKCE of the metadata", _DISCOVERY, 'methods is not None and "S256" not in methods', _REFUSED_METADATA),
    without("addresses of the metadata", _DISCOVERY, "self._web.check(url)", "pass", _REFUSED_METADATA),
)
