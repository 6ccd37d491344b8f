"""Types of fields that several nouns share, with the limits that every door checks."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from contextfs.kit import forms

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Title = Annotated[str, Meta(max_length=500)]
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=forms.WORD)]
Tags = Annotated[list[Word], Meta(max_length=64)]
Metadata = Annotated[dict[Annotated[str, Meta(max_length=200)], Any], Meta(max_length=200)]
Moment = Annotated[datetime, Meta(tz=True)]
AsOf = Annotated[
    datetime, Meta(tz=True, description="As it was known at this time: without what came after, with what was deleted.")
]
Deleted = Annotated[bool, Meta(description="Only deleted memories.")]
ExternalId = Annotated[str, Meta(min_length=1, max_length=300)]
Tokens = Annotated[int, Meta(ge=0, le=2_000_000_000)]

Visibility = Literal["private", "project", "organization"]
Sensitivity = Literal["public", "internal", "confidential", "restricted"]
Visibilities = Annotated[list[Visibility], Meta(min_length=1, max_length=3, description="Only what has one of these.")]
Sensitivities = Annotated[
    list[Sensitivity],
    Meta(min_length=1, max_length=4, description="Only what has one of these; a thing without a sensitivity has none."),
]


Wait = Annotated[
    Literal["searchable"] | None,
    Meta(description="`searchable`: answer when search can find what was written, or after ten seconds."),
]


def version_at(moment: datetime) -> str:
    """Name a version by the moment of the last change, for things whose history is kept by time."""
    return f"{int(moment.timestamp() * 1_000_000):x}"
