"""Reads forms that browsers bring from other sites: named fields, each once."""

from urllib.parse import parse_qsl

from contextfs.kit.errors import BadInput
from contextfs.kit.payload import Payload

_MOST_FIELDS = 20


def fields(payload: Payload, *, required: str = "", optional: str = "") -> dict[str, str]:
    """Give the fields of a form by their names, which are told with spaces between; others are left out.

    BadInput where one is missing, is there twice, or the form cannot be read.
    """
    try:
        text = payload.content.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise BadInput("The form cannot be read: it is not a form, or has too many fields.", where="body") from None
    wanted = {*required.split(), *optional.split()}
    found = [(name, value) for name, value in pairs if name in wanted]
    if len(dict(found)) != len(found):
        raise BadInput("The form has a field twice: send each once.", where="body")
    for name in required.split():
        if name not in dict(found):
            raise BadInput(f"The form has no field {name}: an identity provider sends it.", where="body")
    return dict(found)
