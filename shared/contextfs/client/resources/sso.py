"""How an organization signs in: `client.sso`."""

from contextfs.client.http.transport import Transport, segment
from contextfs.domain.sso.model import Domain, Domains, NewDomain, Sso, SsoChange, SsoTest

_PATH = "/v1/admin/sso"
_DOMAINS = f"{_PATH}/domains"


class SingleSignOn:
    """Reads and sets how an organization signs in, and proves its domains."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Sso:
        """Read how the organization signs in; its client secret is not shown."""
        return self._transport.call("GET", _PATH, Sso)

    def put(self, settings: SsoChange, *, if_match: str | None = None) -> Sso:
        """Set how the organization signs in; a provider that is switched on must answer first.

        With `if_match` (a `version`), VersionMismatch if somebody else changed it since.
        """
        return self._transport.call("PUT", _PATH, Sso, body=settings, if_match=if_match)

    def test(self) -> SsoTest:
        """Check whether the provider works as it is set up, switched on or not; nothing is changed."""
        return self._transport.call("POST", f"{_PATH}/test", SsoTest)

    def domains(self) -> Domains:
        """List the domains that the organization claims, and which of them are proven."""
        return self._transport.call("GET", _DOMAINS, Domains)

    def claim(self, domain: str) -> Domain:
        """Claim a domain for the organization; the reply has the TXT record that proves it."""
        return self._transport.call("POST", _DOMAINS, Domain, body=NewDomain(domain=domain))

    def check(self, domain: str) -> Domain:
        """Look for the record that proves a domain."""
        return self._transport.call("POST", f"{_DOMAINS}/{segment(domain)}/check", Domain)

    def release(self, domain: str) -> None:
        """Give a domain up."""
        self._transport.send("DELETE", f"{_DOMAINS}/{segment(domain)}")
