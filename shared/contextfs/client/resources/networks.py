"""The networks that an organization may be called from: `client.networks`."""

from collections.abc import Sequence

from contextfs.client.http.transport import Transport
from contextfs.domain.networks.model import AllowList, AllowListChange, CallerKind

_PATH = "/v1/admin/networks"


class Networks:
    """Reads and sets the allow-list of an organization."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> AllowList:
        """Read the networks; if there are none, the organization may be called from everywhere."""
        return self._transport.call("GET", _PATH, AllowList)

    def put(self, networks: Sequence[str], *, covers: Sequence[CallerKind] = ("keys", "logins")) -> AllowList:
        """Set the networks, in CIDR; an empty list allows all again. Your own address must be in one of them."""
        change = AllowListChange(networks=list(networks), covers=list(covers))
        return self._transport.call("PUT", _PATH, AllowList, body=change)
