"""Where a database is, and as whom one logs in: a text, or what gives it anew to each connection."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import NamedTuple

from contextfs.kit.errors import Invalid

Address = str | Callable[[], str]
"""A URL or connection string of Postgres; one that is asked for may hold another password each time."""

_VERIFIED = {"verify-ca", "verify-full"}


def now(address: Address) -> str:
    """Give the address as it is now."""
    return address if isinstance(address, str) else address()


class Login(NamedTuple):
    """Where a role logs in."""

    host: str
    port: int
    user: str


def passwordless(address: str) -> Login | None:
    """Tell who logs in where by an address that has no password; None for one that has one, or names nobody.

    Invalid where what takes the password's place would be sent to a server that nobody verified.
    """
    parts = parsed(address)
    user, port = parts.get("user"), parts.get("port") or "5432"
    place = parts.get("hostaddr") or parts.get("host")  # where there are both, libpq connects to the first
    if parts.get("password") or not (user and place):
        return None
    host = parts.get("host") or place
    if "," in f"{host}{place}{port}" or not port.isdecimal():
        raise Invalid("a token is for one host and one port: name one of each")
    if _is_far(place) and parts.get("sslmode") not in _VERIFIED:
        raise Invalid(
            "a token is sent to a server that is verified alone: add sslmode=verify-full, and as sslrootcert the file "
            "of the authority that vouches for it"
        )
    return Login(host, int(port), user)


def with_password(address: str, password: str) -> str:
    """Give an address with a password."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - only where there are such addresses

    return make_conninfo(address, password=password)


def with_authority(address: str, file: str) -> str:
    """Give an address whose server is held against the certificates of a file.

    It stays as it is where it names a file itself, and where it does not ask to hold the server against any: beside a
    file, libpq takes `require` for `verify-ca`, and would part with a replica that another authority vouches for.
    """
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - as above

    parts = parsed(address)
    if parts.get("sslrootcert") or parts.get("sslmode") not in _VERIFIED:
        return address
    return make_conninfo(address, sslrootcert=file)


def parsed(address: str) -> dict[str, str]:
    """Give the parts of an address by libpq's names; Invalid, without its text, where it is none."""
    from psycopg import ProgrammingError  # noqa: PLC0415 - as above
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above

    try:
        return {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except ProgrammingError:  # its text quotes the address
        raise Invalid("this is not an address of Postgres") from None


def _is_far(host: str) -> bool:
    """Tell whether what is sent there leaves the machine: sockets and the loopback are a proxy's, or nobody's."""
    if host.startswith("/") or host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True
