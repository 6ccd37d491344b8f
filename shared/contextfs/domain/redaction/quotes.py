"""What stands between quotes, which a text that quotes another one has with a backslash before each."""

from typing import Final

from contextfs.kit.pattern import pattern

_ENCLOSED: Final = {
    b'"': pattern(rb"((?:[^\"\\\r\n]|\\.){1,512}?)\""),
    b"'": pattern(rb"((?:[^'\\\r\n]|\\.){1,512}?)'"),
    b"`": pattern(rb"((?:[^`\\\r\n]|\\.){1,512}?)`"),
    b'\\"': pattern(rb"([^\"\\\r\n]{1,512})\\\""),
    b"\\'": pattern(rb"([^\"'\\\r\n]{1,512})\\'"),
    b"\\`": pattern(rb"([^\"`\\\r\n]{1,512})\\`"),
}


def enclosed(data: bytes, start: int, opening: bytes) -> bytes | None:
    """Give what stands from `start` to the quote that is like `opening`; None where no such quote ends the line."""
    found = _ENCLOSED[opening].match(data, start)
    return found[1] if found else None
