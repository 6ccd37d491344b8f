"""Take secrets, and what tells who somebody is, out of what is about to be stored, and count them."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from contextfs.domain.redaction import store
from contextfs.domain.redaction.model import Policy
from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.domain.redaction.sieve import suspects
from contextfs.kit.call import Call, Services
from contextfs.kit.redaction_rule import UNCHOSEN, Choice

S = TypeVar("S", bound=msgspec.Struct)


def cleaner(call: Call, project_id: UUID | None) -> "Cleaner":
    """Give what cleans all that a project is to store: as it chose, or as the installation does, and by its rules."""
    return cleaner_by(call, store.choice(call.tx, project_id))


def cleaner_by(call: Call, choice: Choice) -> "Cleaner":
    """Give what cleans as was chosen; where it was not, as the installation does."""
    return Cleaner(policy_by(call.services, choice))


def policy_by(services: Services, choice: Choice = UNCHOSEN) -> Policy:
    """Give how is cleaned what was chosen; where it was not, as the installation does."""
    return Policy(services.redaction_key, choice.wanted(services.personal))


class Cleaner:
    """Redacts by one policy and counts what it found. It does not store."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.found = 0

    def text(self, text: str, *, by_line: bool = False) -> str:
        """Give the text without secrets; `by_line` with each line where it was."""
        cleaned = redact(text, key=self._policy.key, wanted=self._policy.wanted, by_line=by_line)
        self.found += len(cleaned.findings)
        return cleaned.text

    def suspects(self, texts: Sequence[str]) -> set[int]:
        """Give the places of the texts that may hold one: all others are as they would be cleaned."""
        return suspects(texts, self._policy.wanted)

    def json(self, value: Any) -> Any:
        """Give any JSON value without secrets."""
        cleaned = redact_json(value, key=self._policy.key, wanted=self._policy.wanted)
        self.found += len(cleaned.findings)
        return cleaned.value

    def fields(self, thing: S, *, texts: Sequence[str] = (), values: Sequence[str] = ()) -> S:
        """Give a noun whose named fields hold no secrets; what is None, empty or left out stays so."""
        changes: dict[str, Any] = {}
        for names, clean in ((texts, self.text), (values, self.json)):
            for name in names:
                value = getattr(thing, name)
                if value and value is not msgspec.UNSET:
                    changes[name] = clean(value)
        return msgspec.structs.replace(thing, **changes) if changes else thing
