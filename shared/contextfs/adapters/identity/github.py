"""GitHub, which is no OpenID provider: plain OAuth 2.0 with PKCE, and its API tells who somebody is.

There is no ID token, so no signature and no nonce: what is believed is what GitHub's own API answers over TLS to a
token that was got by this server's own secret. The subject is the account's number, for names can be changed. The
address is the primary one that GitHub has checked; groups are `organization` and `organization/team`.
"""

from typing import Any, Final, cast

from contextfs.adapters.identity.oidc import Unseal, code_challenge, with_query
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion, Known
from contextfs.kit.errors import Invalid, NotAuthenticated
from contextfs.kit.identity import Challenge, Peer

_OK: Final = 200
_PUBLIC: Final = "https://github.com"


class GitHub:
    """Signs people in by GitHub, or by a GitHub Enterprise server at `metadata_url`."""

    def __init__(self, web: Web, unseal: Unseal) -> None:
        self._web = web
        self._unseal = unseal

    def check(self, peer: Peer) -> Known:
        """Look whether the server may be asked, and whether the secret is there that OAuth needs."""
        if peer.secret is None:
            raise Invalid("client_secret is missing: GitHub gives it with the client_id.", where="$.client_secret")
        self._web.check(peer.metadata_url)
        root = peer.metadata_url.rstrip("/")
        return Known(issuer=root, sign_in=f"{root}/login/oauth/authorize")

    def address(self, peer: Peer, challenge: Challenge) -> str:
        """Give the address at which a browser asks GitHub for a code."""
        fields = {
            "response_type": "code",
            "client_id": peer.client_id,
            "redirect_uri": challenge.redirect_uri,
            "scope": peer.scopes,
            "state": challenge.state,
            "code_challenge": code_challenge(challenge.verifier),
            "code_challenge_method": "S256",
        }
        return with_query(f"{peer.metadata_url.rstrip('/')}/login/oauth/authorize", fields)

    def redeem(self, peer: Peer, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for a token, and ask by it who the person is."""
        root = peer.metadata_url.rstrip("/")
        if issuer not in {None, root, f"{root}/login/oauth"}:
            raise NotAuthenticated("Another identity provider answered than the one that was asked: begin again.")
        token = self._token(peer, root, challenge, code)
        api = "https://api.github.com" if root == _PUBLIC else f"{root}/api/v3"
        told = self._read(f"{api}/user", token)
        user = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
        number = user.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise NotAuthenticated("GitHub does not tell who this is: begin again.")
        email = _primary(self._read(f"{api}/user/emails", token))
        said: dict[str, Any] = {
            "email": email,
            "email_verified": email is not None,
            "name": user.get("name") or user.get("login"),
        }
        return Assertion(issuer=root, subject=str(number), attributes=said | {"groups": self._groups(api, token)})

    def _token(self, peer: Peer, root: str, challenge: Challenge, code: str) -> str:
        fields = {
            "client_id": peer.client_id,
            "client_secret": "" if peer.secret is None else self._unseal(peer.secret),
            "code": code,
            "redirect_uri": challenge.redirect_uri,
            "code_verifier": challenge.verifier,
        }
        status, reply = self._web.post(f"{root}/login/oauth/access_token", fields)
        token = cast("dict[str, Any]", reply).get("access_token") if isinstance(reply, dict) else None
        if status != _OK or not isinstance(token, str):
            raise NotAuthenticated("GitHub does not take the code: begin again.")
        return token

    def _read(self, url: str, token: str) -> Any:
        return self._web.get(url, authorization=f"Bearer {token}")

    def _groups(self, api: str, token: str) -> list[str]:
        orgs = _listed(self._read(f"{api}/user/orgs?per_page=100", token))
        teams = _listed(self._read(f"{api}/user/teams?per_page=100", token))
        return [
            *(str(org.get("login")) for org in orgs),
            *(f"{team.get('organization', {}).get('login')}/{team.get('slug')}" for team in teams),
        ]


def _primary(emails: Any) -> str | None:
    """Find the primary address, if GitHub has checked it."""
    checked = (one for one in _listed(emails) if one.get("primary") is True and one.get("verified") is True)
    return next((str(one.get("email")) for one in checked), None)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in cast("list[Any]", value) if isinstance(one, dict)] if isinstance(value, list) else []
