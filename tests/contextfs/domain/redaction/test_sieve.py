"""What the sieve passes over holds nothing that the rules find, text by text."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.domain.redaction.sieve import gather, suspects

KEY = b"k" * 32
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SECRETS = [
    TOKEN,
    f"x\\n{TOKEN}",
    "password: hunter2-Blue-Horse",
    "postgres://u:s3cr3t-Horse@db.example.com/x",
    "<private>mine</private>",
    "Authorization: Bearer abcdefghijklmnop0123456789",
]
OTHERS = [
    "",
    "plain",
    "<private>",
    "</private>",
    "[redacted:github-token:0123abcd]",
    "é🌅",
    "password",
    ": x",
    "\ud800",
]
texts = st.lists(st.sampled_from([*SECRETS, *OTHERS]) | st.text(max_size=20), max_size=12)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_passed_over_holds_a_secret(some: list[str]) -> None:
    named = suspects(some)

    assert {place for place, text in enumerate(some) if redact(text, key=KEY).findings} <= named


def test_what_holds_nothing_is_passed_over() -> None:
    assert suspects(["plain", "words", "of /a/path", "7c9e6679-7425-40de-944b-e07fc1f90ae7"]) == set()


@given(st.recursive(st.sampled_from(SECRETS + OTHERS[:8]), lambda inner: st.lists(inner, max_size=3)))
@settings(max_examples=150, deadline=None)
def test_a_value_is_gathered_whole(value: object) -> None:
    into: dict[str, None] = {}
    is_named = gather({"password": value, "other": [value]}, into)

    alone = redact_json({"password": value, "other": [value]}, key=KEY).findings
    assert not alone or is_named or suspects([*into])
    assert {"password", "other"} <= into.keys()


def test_a_token_behind_an_escaped_end_of_a_line_is_found() -> None:
    quoted = json.dumps({"log": f"started\n{TOKEN}\tand"})

    assert [one.kind for one in redact(quoted, key=KEY).findings] == ["github-token"]
    assert json.loads(redact(quoted, key=KEY).text)["log"].startswith("started\n[redacted:")
