"""How a device's codes are spelt, and how long they are good (RFC 8628)."""

from datetime import timedelta
from typing import Final

from contextfs.kit.ids import Entropy

PREFIX: Final = "ctxd"
LASTS: Final = timedelta(minutes=10)
INTERVAL: Final = 5
"""Seconds between two questions of a device; one that asks sooner waits five more from then on."""
KEY_LASTS: Final = timedelta(days=90)
"""How long the key opens that a device gets."""
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word, and nothing that looks like a digit."""
_LENGTH: Final = 8


def user_code(entropy: Entropy) -> str:
    """Make a code that people read and type: 8 letters of 20, 34 bits."""
    number = int.from_bytes(entropy(16), "big")
    letters = "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def plain(code: str) -> str:
    """Give a code as it is looked for: people type spaces, dashes and small letters."""
    return "".join(letter for letter in code.upper() if letter in _LETTERS)
