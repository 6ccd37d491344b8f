"""An estimate of how many tokens a model would count: no vocabulary, no download, rather too many than too few."""

import re

# Runs that cost alike; the first that fits wins.
_RUNS = re.compile(
    r"(?P<word>[A-Z]?[a-z]+)"
    r"|(?P<capitals>[A-Z]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<line>\s*\n\s*)"
    r"|(?P<gap>\s{2,})"
    r"|(?P<space>\s)"
    r"|(?P<mark>[!-/:-@\[-`{-~]{1,2})"
    r"|(?P<alphabet>[\u00a1-\u0587]+)"
    r"|(?P<wide>[\U00010000-\U0010ffff\u2600-\u27bf])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_PER_TOKEN = {"word": 6, "capitals": 2, "digits": 3, "alphabet": 2}
_FLAT = {"line": 1, "gap": 1, "space": 0, "mark": 1, "wide": 3, "other": 1}


def estimate(text: str) -> int:
    """Estimate the tokens of a text: an estimate, never a count, and for budgets on the safe side.

    A word costs one token for each six letters or part of them; capitals cost one for two,
    digits one for three, accented, Greek and Cyrillic letters one for two; two marks cost one, a line break one, an
    emoji three, any other character (Han, kana, hangul, Indic, Thai, ...) one; a single space is free.
    Taking characters from the end never raises it.
    """
    return sum(_cost(match.lastgroup or "other", len(match.group())) for match in _RUNS.finditer(text))


def _cost(kind: str, length: int) -> int:
    return _FLAT[kind] if kind in _FLAT else -(-length // _PER_TOKEN[kind])
