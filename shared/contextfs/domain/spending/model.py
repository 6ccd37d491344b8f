"""The nouns of spending."""

from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit.fields import Moment

State = Literal["reserved", "done", "unusable", "failed", "refused"]


class ModelCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a language model.

    It is `reserved` with its greatest possible cost before the model is asked; then `done`, or `unusable` if the answer
    was not in the requested form, or `failed` if none came. `refused` calls were never made: the monthly cap was
    reached.
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
