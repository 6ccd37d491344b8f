"""What a client sends on a stream, read strictly."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contextfs.domain.sessions.model import NewMessage
from contextfs.kit import forms

Seq = Annotated[int, Meta(ge=1, le=2**53)]


class Append(msgspec.Struct, frozen=True, tag="append", forbid_unknown_fields=True):
    """A message to store."""

    seq: Seq
    message: NewMessage


class Complete(msgspec.Struct, frozen=True, tag="complete", forbid_unknown_fields=True):
    """The session is over."""

    seq: Seq


class Watch(msgspec.Struct, frozen=True, tag="watch", forbid_unknown_fields=True):
    """Tell what is said, from the beginning or from now on."""

    from_: Literal["beginning", "now"] = msgspec.field(default="now", name="from")


Frame = Append | Complete | Watch
StreamName = Annotated[str, Meta(min_length=1, max_length=100, pattern=forms.STREAM)]


class Numbered(msgspec.Struct):
    """What is read of a frame that does not fit, to say which one it was."""

    seq: int | None = None
