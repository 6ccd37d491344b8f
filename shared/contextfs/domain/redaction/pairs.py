"""What an object calls a value by another of its members: `{"name": "API_KEY", "value": "…"}`.

Variables of Kubernetes, ECS, CloudFormation, Postman and of most services that build and run programs are written so.
"""

from collections.abc import Mapping
from typing import Any, Final

_NAMES: Final = {
    "value": ("name", "key"),
    "currentValue": ("name", "key"),
    "Value": ("Name", "Key", "OptionName"),
    "ParameterValue": ("ParameterKey",),
}
HOLDING: Final = _NAMES.keys()
"""Members that hold a value which another one names."""


def pairs(members: Mapping[Any, Any]) -> dict[str, str]:
    """Give each member that holds a value, with the name that the object gives it."""
    if HOLDING.isdisjoint(members):
        return {}
    told = {one: [members[name] for name in _NAMES[one] if name in members] for one in HOLDING if one in members}
    return {one: names[0] for one, names in told.items() if names and isinstance(names[0], str)}
