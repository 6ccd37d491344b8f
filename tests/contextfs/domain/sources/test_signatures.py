"""Signatures of webhooks, against the examples that their authors publish."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contextfs.domain.sources.model import Scheme
from contextfs.domain.sources.signatures import signed, verified
from contextfs.kit.errors import NotAuthenticated

# https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
GITHUB = (
    "It's a Secret to Everybody",
    b"Hello, World!",
    "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
)
# https://api.slack.com/authentication/verifying-requests-from-slack
SLACK_AT, SLACK_SECRET = 1531420618, "8f742231b10e8888abcd99yyyzzz85a5"
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
# https://github.com/standard-webhooks/standard-webhooks, the example of its libraries
STANDARD_AT, STANDARD_SECRET = 1614265330, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STANDARD_BODY, STANDARD_ID = b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek"
STANDARD_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_githubs_example_is_good() -> None:
    secret, body, digest = GITHUB

    assert verified("github", [secret], {"x-hub-signature-256": f"sha256={digest}"}, body, at(0)).startswith("sha256:")


def test_slacks_example_is_good() -> None:
    headers = {"x-slack-request-timestamp": str(SLACK_AT), "x-slack-signature": SLACK_SIGNATURE}

    assert verified("slack", ["another", SLACK_SECRET], headers, SLACK_BODY, at(SLACK_AT + 300)).startswith("sha256:")


def test_the_example_of_standard_webhooks_is_good_and_ours_is_the_same() -> None:
    headers = {
        "webhook-id": STANDARD_ID,
        "webhook-timestamp": str(STANDARD_AT),
        "webhook-signature": STANDARD_SIGNATURE,
    }

    assert verified("standard", [STANDARD_SECRET], headers, STANDARD_BODY, at(STANDARD_AT)) == STANDARD_ID
    assert signed(STANDARD_SECRET, STANDARD_ID, at(STANDARD_AT), STANDARD_BODY) == headers


@pytest.mark.parametrize("scheme", ["standard", "github", "slack"])
def test_nothing_is_good_without_a_signature(scheme: Scheme) -> None:
    with pytest.raises(NotAuthenticated):
        verified(scheme, ["secret"], {}, b"", at(0))


@pytest.mark.parametrize("change", [{"body": b"x"}, {"secrets": ["other"]}, {"late": timedelta(seconds=301)}])
def test_a_change_of_anything_is_found(change: dict[str, Any]) -> None:
    now = at(STANDARD_AT)
    headers = signed("a secret", "id", now - change.get("late", timedelta()), b"body")

    with pytest.raises(NotAuthenticated):
        verified("standard", change.get("secrets", ["a secret"]), headers, change.get("body", b"body"), now)
