"""What `ctx doctor` finds."""

from typing import Literal

import msgspec

State = Literal["ok", "attention", "unknown"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, how it is, and what to do about it; the cure is empty when all is well."""

    check: str
    state: State
    told: str
    cure: str = ""
