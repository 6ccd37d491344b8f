"""Finds elements (`<name …>…</name>`) in a text, in time linear in its length: it may hold thousands that are open."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator

_OPENING = re.compile(r"\s*<([a-z][\w-]*)\b[^<>]*>")


def leading(said: str, names: Collection[str] | None = None) -> int:
    """Give where the elements end that a text begins with, one behind the other; 0 when it begins with none.

    With `names` only these are looked for. An element that is not closed is none: it is a mere mention.
    """
    end = 0
    while opening := _OPENING.match(said, end):
        name = opening[1]
        close = said.find(f"</{name}>", opening.end()) if names is None or name in names else -1
        if close < 0:
            break
        end = close + len(name) + 3
    return end


def is_whole(said: str, names: Collection[str] | None = None) -> bool:
    """Tell whether a text is elements and nothing else."""
    end = leading(said, names)
    return end > 0 and not said[end:].strip()


class Lines:
    """Finds elements of these names whose tags begin a line and end one.

    So what a person says of a tag in the middle of a sentence is none.
    """

    def __init__(self, *names: str) -> None:
        self._opening = re.compile(rf"^[ \t]*<({'|'.join(names)})\b[^<>]*>", re.MULTILINE)
        self._closing = {name: re.compile(rf"</{name}>[ \t\r]*(?:$|(?=<))", re.MULTILINE) for name in names}

    def spans(self, said: str) -> Iterator[tuple[int, int, str]]:
        """Give where each of them begins and ends, and what is in it without the line breaks beside the tags."""
        closings = {
            name: list(closing.finditer(said)) for name, closing in self._closing.items() if f"</{name}>" in said
        }
        end = 0
        for opening in self._opening.finditer(said) if closings else ():
            behind = closings.get(opening[1], [])
            n = bisect_left(behind, opening.end(), key=re.Match[str].start)
            if opening.start() < end or n == len(behind):
                continue
            end = behind[n].end()
            yield opening.start(), end, said[opening.end() : behind[n].start()].removeprefix("\n").removesuffix("\n")

    def within(self, said: str) -> list[str]:
        """Give what is in them."""
        return [inner for _, _, inner in self.spans(said)]

    def without(self, said: str) -> str:
        """Give what is beside them."""
        at, kept = 0, list[str]()
        for start, end, _ in self.spans(said):
            kept.append(said[at:start])
            at = end
        return "".join([*kept, said[at:]])
