"""What a network is, and whether an address is in one."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from contextfs.kit.errors import Invalid

_MAPPED = IPv6Network("::ffff:0:0/96")


def read(networks: Iterable[str]) -> list[str]:
    """Read networks in CIDR, each once, in their shortest spelling; Invalid says which is none."""
    return list(dict.fromkeys(str(_read(text, place)) for place, text in enumerate(networks)))


def holds(networks: Iterable[str], address: str | None) -> bool:
    """Tell whether an address is in one of them. Nobody knows of an unknown one, so it is in none."""
    if address is None:
        return False
    known = ip_address(address)
    return any(known in ip_network(one) for one in networks)


def _read(text: str, place: int) -> IPv4Network | IPv6Network:
    where = f"$.networks[{place}]"
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        raise Invalid(f"{text!r} is not a network: write it as 203.0.113.0/24 or 2001:db8::/48.", where=where) from None
    if "/" in text and str(ip_address(text.strip().split("/")[0])) != str(network.network_address):
        raise Invalid(f"{text!r} is an address within a network: do you mean {network}?", where=where)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        raise Invalid(f"{text!r} stands for addresses of IPv4: write it in their form.", where=where)
    return network
