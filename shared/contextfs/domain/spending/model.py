"""The nouns of spending."""

from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit.fields import Moment

State = Literal["reserved", "done", "unusable", "failed", "refused"]


class ModelCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a language model.

    It is `reserved` with the most that it can cost before the model is asked; then `done`, or `unusable` where the
    answer was not what was asked for, or `failed` where none came. `refused` ones were never made: the cap of the
    month was reached.
    """

    id: UUID
    at: Moment
    project_id: UUID
    model: str
    purpose: str
    subject: UUID
    state: State
    input_tokens: int
    output_tokens: int
    dollars: float
