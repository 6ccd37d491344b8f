"""What a caller likes better, of several forms of a reply: the weights of a header (RFC 9110, section 12.4.2)."""


def weights(header: str) -> dict[str, float]:
    """Read an Accept or an Accept-Encoding header: each name, in small letters, with its weight from 0 to 1."""
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        told = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            found[name] = float(told)
        except ValueError:
            found[name] = 0
    return found
