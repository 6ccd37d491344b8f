"""What Entra ID sends otherwise than RFC 7644 has it, put right once it was refused.

Entra's provisioning service adds a value to an entry of a list that is not there yet (`phoneNumbers[type eq
"mobile"].value`), and removes members of a group by a list of values beside the path.
"""

import re
from typing import Any, cast

import msgspec

_FILTERED = re.compile(r'(\w+)\[(\w+) eq "([^"\\]*)"\]\.(\w+)')


def mended(body: bytes) -> bytes:
    """Give a PATCH that was refused as the standard has it; what cannot be read is left as it is."""
    try:
        patch = msgspec.json.decode(body)
        listed = patch["Operations"]
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, KeyError):
        return body
    if not isinstance(listed, list):
        return body
    found = cast("list[Any]", listed)
    operations = [one for operation in found for one in _mend(operation)]
    return body if operations == found else msgspec.json.encode(patch | {"Operations": operations})


def _mend(operation: Any) -> list[Any]:
    if not isinstance(operation, dict):
        return [operation]
    told = cast("dict[str, Any]", operation)
    verb, path, value = str(told.get("op", "")).lower(), told.get("path"), told.get("value")
    match = _FILTERED.fullmatch(path) if isinstance(path, str) else None
    if verb == "add" and match is not None and not isinstance(value, dict | list):
        return [{"op": "add", "path": match[1], "value": [{match[2]: match[3], match[4]: value}]}]
    if verb == "remove" and path == "members" and isinstance(value, list):
        return [{"op": "remove", "path": f'members[value eq "{_id(one)}"]'} for one in cast("list[Any]", value)]
    return [operation]


def _id(member: Any) -> str:
    told = cast("dict[str, Any]", member).get("value") if isinstance(member, dict) else member
    return str(told).replace('"', "")
