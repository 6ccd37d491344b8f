"""Lines of a record without secrets: as many as there were, each where it was.

JSON is judged line by line, as a reader will see it. What stands between is one text, for a secret may span its lines:
also over the border to what was sent before, which is told again where that shows what it is.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import msgspec

from contextfs.domain.redaction.doubled import hidden
from contextfs.journeys.capture.clean import Cleaner
from contextfs.kit.pattern import pattern

FAR: Final = 1 << 20
"""Characters that are looked back at: a secret of more, in a record that is no JSON, is not seen over a border."""
_KEY_CUT_OFF: Final = pattern(r"\[redacted:private-key:[0-9a-f]{8}\]\s*$")
_KEY_LINE: Final = pattern(r"\s*[A-Za-z0-9+/=]{0,128}\s*|\s*-----END .*")
_KEY_BEGUN: Final = ("-----BEGIN PRIVATE KEY-----", "A" * 32)
_BLOCK_CUT_OFF: Final = pattern(r"\[redacted:private:[0-9a-f]{8}\]\s*$")
_BLOCK_TAG: Final = pattern(r"(?i)<(/?)private>")
_BLOCK_BEGUN: Final = ("<private>",)


class Cleaned(NamedTuple):
    """Lines without secrets, and those before them, in which one may have been found that goes on here."""

    before: list[str]
    lines: list[str]


def cleaned(lines: Sequence[str], before: Sequence[str], cleaner: Cleaner) -> Cleaned:
    """Clean lines, and the text before them, that was cleaned already; a line without a secret stays as it is."""
    told, held = [*before], list[str]()
    for is_json, run in groupby(((one, _said(one)) for one in lines), lambda one: _is_json(one[1])):
        if is_json:
            held += [_json(line, said, cleaner) for line, said in run]
        elif held:
            held += _text([line for line, _ in run], (), cleaner).lines
        else:
            told, held = _text([line for line, _ in run], before, cleaner)
    return Cleaned(told, held)


def text_at_the_end(lines: Sequence[str]) -> int:
    """Tell how many of the last lines are text, of those that are looked back at."""
    found = size = 0
    for line in reversed(lines):
        size += len(line)
        if size > FAR or _is_json(_said(line)):
            break
        found += 1
    return found


def _json(line: str, said: Any, cleaner: Cleaner) -> str:
    found = cleaner.found
    cleaned = cleaner.json(said)
    cleaner.json(hidden(line.encode("utf-8", "surrogatepass"), said))
    return line if cleaner.found == found else msgspec.json.encode(cleaned).decode()


def _text(lines: list[str], before: Sequence[str], cleaner: Cleaner) -> Cleaned:
    if any("\n" in line for line in (*before, *lines)):  # which is no line, and would become two
        return Cleaned([*before], [cleaner.text(line) for line in lines])
    at, begun = _begun(before, lines)
    whole = cleaner.text("\n".join([*before[:at], *begun, *before[at:], *lines]), by_line=True).split("\n")
    del whole[at : at + len(begun)]
    return Cleaned(whole[: len(before)], whole[len(before) :])


def _begun(before: Sequence[str], lines: Sequence[str]) -> tuple[int, Sequence[str]]:
    """Give how a secret began that was taken out before, where it goes on; and behind which line."""
    of_key = next((n for n in range(len(before), 0, -1) if not _KEY_LINE.fullmatch(before[n - 1])), 0)
    if of_key and _KEY_CUT_OFF.search(before[of_key - 1]) and _KEY_LINE.fullmatch(lines[0]):
        return of_key, _KEY_BEGUN
    of_block = next((n for n in range(len(before), 0, -1) if before[n - 1].strip()), 0)
    if of_block and _BLOCK_CUT_OFF.search(before[of_block - 1]):
        tag = next((found for line in lines if (found := _BLOCK_TAG.search(line))), None)
        return of_block, _BLOCK_BEGUN if tag is not None and tag[1] else ()
    return len(before), ()


def _said(line: str) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None


def _is_json(said: Any) -> bool:
    return isinstance(said, dict | list)
