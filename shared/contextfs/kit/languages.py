"""Languages whose words search knows in all their forms, beside English, which it always knows."""

from collections.abc import Iterable
from typing import Final

from contextfs.kit.errors import Invalid

Languages = tuple[str, ...]
"""Codes of ISO 639-1, sorted, each once, without English: two settings that mean the same are equal."""

ENGLISH: Final[Languages] = ()
"""English alone."""

NAMES: Final = {
    "ar": "Arabic", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "eo": "Esperanto",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish",
    "hi": "Hindi", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sr": "Serbian", "st": "Sesotho", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish", "yi": "Yiddish",
}  # fmt: skip


def chosen(codes: Iterable[str]) -> Languages:
    """Read codes of languages as somebody wrote them (`en` changes nothing); Invalid names those that are known."""
    wanted = {code.strip().lower() for code in codes} - {"", "en"}
    if unknown := sorted(wanted - NAMES.keys()):
        raise Invalid(
            f"There is no language {unknown[0]!r} here: choose among {', '.join(NAMES)} (en is always known)."
        )
    return tuple(sorted(wanted))
