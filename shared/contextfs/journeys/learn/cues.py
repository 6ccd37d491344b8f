"""Patterns of words, written so that they can be read."""

import re

from contextfs.kit.pattern import pattern


def cue(text: str, *, any_case: bool = True, **parts: str) -> re.Pattern[str]:
    """Compile a pattern written over several lines, whose indentation and line breaks do not count.

    `{name}` stands for the pattern given under that name. Spaces within a line are spaces. Case does not matter, unless
    `any_case` is false, or within `(?-i:…)`.
    """
    joined = "".join(line.strip() for line in text.splitlines())
    for name, part in parts.items():
        joined = joined.replace(f"{{{name}}}", part)
    return pattern(joined, re.IGNORECASE if any_case else 0)


def weighted(*table: tuple[float, str], **parts: str) -> tuple[tuple[float, re.Pattern[str]], ...]:
    """Compile a table of confidences and patterns, as `cue` reads them."""
    return tuple((confidence, cue(text, any_case=True, **parts)) for confidence, text in table)


def surest(text: str, table: tuple[tuple[float, re.Pattern[str]], ...]) -> float:
    """Give the highest confidence among the patterns that are found in the text, or 0."""
    return max((confidence for confidence, pattern in table if pattern.search(text)), default=0.0)
