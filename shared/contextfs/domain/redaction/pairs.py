"""What an object calls a value by another of its members: `{"name": "API_KEY", "value": "…"}`.

Variables of Kubernetes, ECS, CloudFormation, Postman and of most services that build and run programs are written so,
and attributes of OpenTelemetry.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_NAMES: Final = {
    "value": ("name", "key", "label"),
    "currentValue": ("name", "key", "label"),
    "Value": ("Name", "Key", "OptionName"),
    "ParameterValue": ("ParameterKey",),
}
HOLDING: Final = _NAMES.keys()
"""Members that hold a value which another one names."""
WRAPPED: Final = "stringValue"
"""A member that holds what its object is called by: `{"key": "API_KEY", "value": {"stringValue": "…"}}`."""


def pairs(members: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    """Give each member that holds a value, with the names that the object gives it."""
    if HOLDING.isdisjoint(members):
        return {}
    told = {one: _texts(members.get(name) for name in _NAMES[one]) for one in HOLDING if one in members}
    return {one: names for one, names in told.items() if names}


def _texts(names: Iterable[Any]) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(name, str) and name)
