"""An OpenID provider on loopback that a test makes lie: it signs what it is told to sign, however wrong."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

Claims = dict[str, Any]


class Provider:
    """A provider with one client; `person` is who signs in, `lie` changes header and claims before they are signed."""

    client_id, secret = "contextfs", "s3cret + more"

    def __init__(self) -> None:
        self.keys: list[RSAKey | ECKey] = [RSAKey.generate_key(2048, {"kid": "one"})]
        self.published: list[Claims] | None = None
        self.person: Claims = {"sub": "ann", "email": "ann@acme.example", "email_verified": True, "name": "Ann"}
        self.lie: Callable[[Claims, Claims], None] = lambda _header, _claims: None
        self.token: Callable[[str], str] = lambda token: token
        self.metadata: Claims = {}
        self.userinfo: Claims | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()

    def rotate(self) -> None:
        """Sign by a new key."""
        self.keys = [RSAKey.generate_key(2048, {"kid": f"key {time.monotonic_ns()}"})]

    def consent(self, address: str) -> str:
        """Do what a person does at the provider: agree; gives where the browser is sent back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def sign(self, header: Claims, claims: Claims) -> str:
        """Sign claims by the newest key."""
        key = self.keys[-1]
        return jws.serialize_compact(header, json.dumps(claims), key, algorithms=[header["alg"]])

    def id_token(self, nonce: str) -> str:
        """Make the ID token of the person."""
        now = int(time.time())
        header = {"alg": "RS256", "kid": self.keys[-1].kid, "typ": "JWT"}
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.person,
        }
        self.lie(header, claims)
        return self.token(self.sign(header, claims))

    def discovery(self) -> Claims:
        """Give what it publishes of itself."""
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in names.items()},
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "none", "HS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """Take a code, once, from who has its verifier."""
        asked = self.codes.pop(form["code"], None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        knows_secret = authorization.startswith("Basic ") or form.get("client_secret") == self.secret
        if not knows_secret or form["redirect_uri"] != asked["redirect_uri"]:
            return 401, {"error": "invalid_client"}
        return 200, {
            "token_type": "Bearer",
            "access_token": "access",
            "id_token": self.id_token(asked.get("nonce", "")),
        }


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path in provider.answers:
                self.answer(*provider.answers[path])
                return
            if path == "/auth":  # whoever comes is signed in already, and agrees
                self.answer(303, {"location": provider.consent(self.path)}, b"")
                return
            published: dict[str, Any] = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/jwks": {"keys": provider.published or [key.as_dict(private=False) for key in provider.keys]},
                "/userinfo": provider.userinfo,
            }
            self.tell(200 if published.get(path) else 404, published.get(path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.tell(*provider.redeem(form, self.headers.get("authorization", "")))

        def tell(self, status: int, body: Any) -> None:
            self.answer(status, {}, json.dumps(body).encode())

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's name
            pass

    return Handler
