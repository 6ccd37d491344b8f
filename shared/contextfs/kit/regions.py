"""The regions of one installation, each with data of its own: which this one is, and how the others are reached."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from contextfs.kit.errors import Invalid

Elsewhere = Literal["forward", "refuse"]
"""What becomes of a call that arrives where its organization does not live."""

_LOOPBACK = re.compile(r"http://(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:/.*)?")
_ENTRY = re.compile(r"(?P<name>[a-z0-9-]+)=(?P<inside>https?://[^\s,]+?)/?(?:,(?P<outside>https?://[^\s,]+?)/?)?")


class Neighbour(msgspec.Struct, frozen=True):
    """Another region: its address for regions (https, or loopback), and that for people and programs."""

    name: str
    inside: str
    outside: str


class Regions(msgspec.Struct, frozen=True, kw_only=True):
    """Where this process runs, its neighbours by name, and the secret by which regions know each other."""

    here: str
    neighbours: Mapping[str, Neighbour]
    key: bytes
    elsewhere: Elsewhere


def read(text: str, *, here: str, key: str | None, elsewhere: Elsewhere) -> Regions:
    """Read `NAME=URL[,URL] …`, all regions of the installation; Invalid says what is wrong with it."""
    if key is None:
        raise Invalid("Setting CONTEXTFS_REGION_KEY is missing: regions know each other by it.")
    found: dict[str, Neighbour] = {}
    for entry in text.split():
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise Invalid(
                f"Setting CONTEXTFS_REGIONS: {entry!r} is not a region: write NAME=URL, or NAME=URL,PUBLIC_URL."
            )
        if not match["inside"].startswith("https://") and _LOOPBACK.fullmatch(match["inside"]) is None:
            told = f"{match['inside']} carries keys of callers between regions: it has to be https, or on this machine."
            raise Invalid(f"Setting CONTEXTFS_REGIONS: {told}")
        if match["name"] in found:
            raise Invalid(f"Setting CONTEXTFS_REGIONS names {match['name']} twice.")
        found[match["name"]] = Neighbour(match["name"], match["inside"], match["outside"] or match["inside"])
    if found.pop(here, None) is None:
        raise Invalid(f"Setting CONTEXTFS_REGIONS does not name {here}, where this runs (CONTEXTFS_REGION).")
    return Regions(here=here, neighbours=found, key=key.encode(), elsewhere=elsewhere)
