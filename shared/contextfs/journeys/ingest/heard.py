"""What was heard of conversations in what a program sent; a message that does not fit is refused by itself."""

from collections.abc import Mapping
from typing import Any

import msgspec

from contextfs.domain.sessions.model import Git, NewMessage
from contextfs.kit.fields import ExternalId, Metadata
from contextfs.kit.receipt import Refusal

_MOST_REFUSALS = 50


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A part of one conversation, or all of it: what is known already is not stored again."""

    external_id: ExternalId
    messages: list[NewMessage]
    title: str | None = None
    model: str | None = None
    git: Git = Git()
    metadata: Metadata = {}
    input_tokens: int = 0
    output_tokens: int = 0
    ended: bool = False


class Heard:
    """Gathers conversations by their ids, and what was refused of them."""

    def __init__(self) -> None:
        self._conversations: dict[str, Conversation] = {}
        self._refusals: list[Refusal] = []
        self._more = 0

    def add(self, conversation: str, messages: list[NewMessage], **facts: Any) -> None:
        """Add to a conversation; what is said of it later wins over what was said before."""
        known = self._conversations.get(conversation)
        if known is None:
            self._conversations[conversation] = Conversation(external_id=conversation, messages=messages, **facts)
        else:
            given = {name: value for name, value in facts.items() if value}
            self._conversations[conversation] = msgspec.structs.replace(
                known, messages=[*known.messages, *messages], **given
            )

    def message(self, where: str, told: Mapping[str, Any]) -> list[NewMessage]:
        """Make a message of what was told; none, and a refusal, where it does not fit."""
        try:
            return [msgspec.convert({name: value for name, value in told.items() if value is not None}, NewMessage)]
        except msgspec.ValidationError as error:
            what, _, at = str(error).partition(" - at `$")
            self.refuse(where + at.rstrip("`"), f"{what}.")
            return []

    def refuse(self, where: str, reason: str) -> None:
        """Say of a part why it is not kept."""
        if len(self._refusals) < _MOST_REFUSALS:
            self._refusals.append(Refusal(where=where, reason=reason))
        else:
            self._more += 1

    @property
    def conversations(self) -> list[Conversation]:
        """What was heard, in the order in which it came."""
        return list(self._conversations.values())

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """What was not kept, and why."""
        more = (Refusal(where="$", reason=f"{self._more} more parts are not kept."),) if self._more else ()
        return (*self._refusals, *more)
