"""Numbers in base 62, as texts of a fixed length: they go into addresses, keys and patterns as they are."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(number: int, length: int) -> str:
    """Write the last `length` digits of a number."""
    digits: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def decode(text: str) -> int:
    """Read a number; a KeyError names a character that is no digit."""
    number = 0
    for character in text:
        number = number * 62 + _VALUES[character]
    return number
