"""Every error that a caller may see, as one tree.

ContextFSError                     500
├── BadInput                       400  the text of the request itself is broken
├── NotAuthenticated               401
├── NotAllowed                     403
├── NotFound                       404  also what another tenant's things answer
├── MethodNotAllowed               405
├── Conflict                       409
├── VersionMismatch                412
├── TooLarge                       413
├── UnsupportedMedia               415
├── Misdirected                    421
├── Invalid                        422  well-formed, but a value is not acceptable
├── VersionRequired                428
├── TooManyRequests                429
└── Unavailable                    503  try again; nothing was stored
    └── Contended                  503  told only when trying again by ourselves did not help

A class's docstring is its title for people. The detail says what is wrong, where, and the cure.
"""

import re
from typing import ClassVar


class ContextFSError(Exception):
    """Something failed inside ContextFS."""

    status: ClassVar[int] = 500

    def __init__(self, detail: str = "", *, where: str | None = None) -> None:
        """Keep what is wrong and its cure in `detail`, and in `where` the place in the input (`$.tags[3]`)."""
        super().__init__(detail or self.title())
        self.detail = detail or self.title()
        self.where = where

    @classmethod
    def title(cls) -> str:
        """Give the one line that names this kind of error."""
        return (cls.__doc__ or "").split("\n", 1)[0].rstrip(".")

    @classmethod
    def slug(cls) -> str:
        """Give the error's stable name for machines: `VersionMismatch` is `version-mismatch`."""
        return re.sub(r"(?<!^)(?=[A-Z][a-z])", "-", cls.__name__).lower()


class BadInput(ContextFSError):
    """The request cannot be read."""

    status = 400


class NotAuthenticated(ContextFSError):
    """The call carries no valid credential."""

    status = 401


class NotAllowed(ContextFSError):
    """The credential lacks a permission."""

    status = 403


class NotFound(ContextFSError):
    """There is no such thing, or it is not yours to see."""

    status = 404


class MethodNotAllowed(ContextFSError):
    """This address does not answer that method."""

    status = 405


class Conflict(ContextFSError):
    """The change contradicts what is already stored."""

    status = 409


class VersionMismatch(ContextFSError):
    """The thing changed since you read it."""

    status = 412


class TooLarge(ContextFSError):
    """The request is larger than this route accepts."""

    status = 413


class UnsupportedMedia(ContextFSError):
    """The request body is of a media type that this route does not read."""

    status = 415


class Misdirected(ContextFSError):
    """The organization lives in another region, and wants its calls there."""

    status = 421

    def __init__(self, detail: str = "", *, where: str | None = None, region: str = "", url: str = "") -> None:
        """Keep, beside what is wrong, the region that it lives in, and the address to call there."""
        super().__init__(detail, where=where)
        self.region = region
        self.url = url


class Invalid(ContextFSError):
    """A value in the request is not acceptable."""

    status = 422


class VersionRequired(ContextFSError):
    """This change needs to know which version it is made to."""

    status = 428


class TooManyRequests(ContextFSError):
    """The allowance is used up for now."""

    status = 429

    def __init__(self, detail: str = "", *, where: str | None = None, retry_after: int = 1) -> None:
        """Keep, beside what is wrong, in how many seconds to try again."""
        super().__init__(detail, where=where)
        self.retry_after = retry_after


class Unavailable(ContextFSError):
    """A part that this call needs is not reachable; nothing was stored. Try again."""

    status = 503


class Contended(Unavailable):
    """Another change got in the way; nothing was stored, try again."""
