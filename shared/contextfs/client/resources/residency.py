"""In which region an organization lives: `client.residency`."""

from contextfs.client.http.transport import Transport
from contextfs.domain.homes.model import Residency, ResidencyChange
from contextfs.kit.regions import Elsewhere

_PATH = "/v1/admin/residency"


class ResidencySettings:
    """Reads where an organization lives, and sets what happens to calls that arrive elsewhere."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Residency:
        """Read the organization's region, and what happens to calls that arrive in another one."""
        return self._transport.call("GET", _PATH, Residency)

    def put(self, elsewhere: Elsewhere) -> Residency:
        """Have calls that arrive in another region forwarded, or refused with the address of the right one."""
        return self._transport.call("PUT", _PATH, Residency, body=ResidencyChange(elsewhere=elsewhere))
