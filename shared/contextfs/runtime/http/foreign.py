"""JSON that programs elsewhere send in a form of their own: what can be stored of it, whatever it holds."""

from typing import Any
from urllib.parse import parse_qs

import msgspec

from contextfs.kit.errors import BadInput
from contextfs.kit.payload import Payload
from contextfs.kit.storable import storable
from contextfs.runtime.table import FORM

_FIELD = "payload"
_MOST_FIELDS = 100


def decoded(payload: Payload) -> Any:
    """Read JSON, or a form whose field `payload` holds it, as GitHub and Slack may send; BadInput where it is none.

    NUL, which cannot be stored, is written as U+FFFD: nobody there could send the message again without it.
    """
    content = _of_form(payload.content) if payload.media_type == FORM else payload.content
    if not content:
        raise BadInput("This route needs a JSON body: send one with Content-Type: application/json.", where="body")
    try:
        return storable(msgspec.json.decode(content))
    except RecursionError as error:
        raise BadInput("The JSON is nested too deeply: flatten it.", where="body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The body is not JSON in UTF-8: {error}.", where="body") from error


def _of_form(content: bytes) -> bytes:
    try:
        fields = parse_qs(content.decode(), max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise BadInput(
            "The form cannot be read: it is not text in UTF-8, or has too many fields.", where="body"
        ) from error
    if _FIELD not in fields:
        raise BadInput("The form has no field `payload`: send JSON, or a form with JSON in that field.", where="body")
    return fields[_FIELD][0].encode()
