"""A key that was made here is replaced by itself, and cannot be thrown away within a moment."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.recording import Recording

MOST_DAYS = 90
LEAST_WINDOW_DAYS = 30
_DAY = 86400


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which keys stay as they are, or are gone too soon. A customer's own are the customer's."""
    del plan
    for key in recording.of("gcp:kms/cryptoKey:CryptoKey"):
        seconds = str(key.inputs.get("rotationPeriod", "")).removesuffix("s")
        if not seconds.isdecimal() or int(seconds) > MOST_DAYS * _DAY:
            yield f"{key.label} is not replaced every {MOST_DAYS} days"
    for key in recording.of("aws:kms/key:Key"):
        if key.inputs.get("enableKeyRotation") is not True:
            yield f"{key.label} is never replaced"
        if key.inputs.get("deletionWindowInDays", 0) < LEAST_WINDOW_DAYS:
            yield f"{key.label} can be gone before {LEAST_WINDOW_DAYS} days are over"
