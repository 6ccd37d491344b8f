"""Counts what a reader left out, so that nothing disappears without a trace."""

_LABEL_LENGTH = 60
_LABELS = 100
_REST = "other"


class Tally:
    """A count by kind. Its labels may come from the file, so their length and number are bounded."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, kind: str, times: int = 1) -> None:
        """Count `times` more things of this kind."""
        if kind in self._counts:
            self._counts[kind] += times
            return
        label = "".join(c if c.isprintable() else "?" for c in kind[:_LABEL_LENGTH])
        if label not in self._counts and len(self._counts) >= _LABELS:
            label = _REST
        if times:
            self._counts[label] = self._counts.get(label, 0) + times

    def add_of(self, family: str, kind: object) -> None:
        """Count one more thing of a kind that the file names; `?` when the name is no text."""
        self.add(f"{family}:{kind[:_LABEL_LENGTH] if isinstance(kind, str) else '?'}")

    def counts(self) -> dict[str, int]:
        """Give the counts, by name."""
        return dict(sorted(self._counts.items()))
