"""Take secrets out of what is about to be stored, and count them."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from contextfs.domain.redaction.rules import redact, redact_json

S = TypeVar("S", bound=msgspec.Struct)


class Cleaner:
    """Redacts with one key and counts what it found. It does not store."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.found = 0

    def text(self, text: str) -> str:
        """Give the text without secrets."""
        cleaned = redact(text, key=self._key)
        self.found += len(cleaned.findings)
        return cleaned.text

    def json(self, value: Any) -> Any:
        """Give any JSON value without secrets."""
        cleaned = redact_json(value, key=self._key)
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
