"""Laws of redaction: twice is once, nothing raises, nothing else changes, JSON stays, time grows with length alone."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction import redact
from tests.contextfs.domain.redaction.corpus import positives
from tests.growth import is_linear, times_as_long

KEY = b"k"

# Fragments from which secrets, half secrets, markers and their surroundings arise by concatenation.
FRAGMENTS = st.one_of(
    st.sampled_from([p.secret for p in positives()][::7]),
    st.sampled_from(
        [
            "password=", "token: ", '"secret": "', "api_key='", "<private>", "</private>", "://u:", "@host/",
            "--token ", "Bearer ", "Basic ", "sig=", "curl -u a:", "-----BEGIN RSA PRIVATE KEY-----",
            "-----END RSA PRIVATE KEY-----",
            "[redacted:password:0123abcd]", "[redacted:", "]", "\\n", '\\"', '"', "'", "=", ":", "\n", " ",
            "_", "-", ".", "name: DB_PASSWORD\nvalue: ", "<password>", "</password>", "cookie: sid=",
            "define('password', '", "a:5432:b:c:", "login a password ", '"auth": "', "    ", ":x-oauth-basic@",
            "ghp_", "AKIA", "eyJ", "SG.", "8Q~", "sk-", "hunter2x", "é", "🎉", "\ud800", "AccountKey=",
            "\\", "\nversion2", "name: DB_PASSWORD\nvalue:", "requirepass ", "sshpass -p ", '"password": {"value": "',
            "mysql -p", 'mysql -p"', "docker login -p '", "htpasswd -b a b ", " redis-cli -a ",
            "\na:5433:b:c:", "\nmachine a password ", "[mysql]\npassword=", "\na:{SHA}",
        ],
    ),
    st.text(max_size=12),
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text, key=KEY).text

    assert once == redact(once, key=KEY).text


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_outside_of_findings_the_length_is_unchanged(text: str) -> None:
    done = redact(text, key=KEY)

    assert len(text) - len(done.text) == sum(f.length - len(f.marker()) for f in done.findings)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_without_findings_nothing_is_changed(text: str) -> None:
    done = redact(text, key=KEY)

    assert bool(done.findings) or done.text == text


@given(text=TEXTS, is_ascii=st.booleans())
@example(text="name: DB_PASSWORD\nvalue:\nversion2", is_ascii=True)
@example(text="name: DB_PASSWORD\nvalue: éhunter2x", is_ascii=True)
@example(text="define('DB_PASSWORD', 'hunter2x\\", is_ascii=True)
@example(text='"curl -u ann:hunter2x" and on', is_ascii=True)
@example(text="curl -u ann:hunter2x\\", is_ascii=True)
@settings(max_examples=200, deadline=None)
def test_a_text_of_json_stays_one(text: str, *, is_ascii: bool) -> None:
    whole = json.dumps({"t": text, "next": ["a", 1]}, ensure_ascii=is_ascii)

    assert list(json.loads(redact(whole, key=KEY).text)) == ["t", "next"]


HOSTILE = (
    "a", "=", "-----BEGIN", "-----BEGIN RSA PRIVATE KEY-----", "eyJ", "eyJ.", "eyJhbGciOi.eyJabcd.", "ghp_", "sk-",
    "AKIA", "SG.", "://", "://a:", "password=", 'password="', "token:", "api_key=", "secret is ", "<private>",
    "--token ", "pwd=a1b2c3", "8Q~", "Basic ", "sig=", "curl -u a:", '\\"', "[redacted:", "é", "password_a_a_a_a_a_a_a",
    "name: password ", "name=password\n", "<password>", 'define("password", "', "password    ", "requirepass ",
    '"password": {"value": ', "eyJ" + "aB3" * 20 + "\n", "cookie: ", "cookie: a=", ";a=b", ":5432:", ":*:", 'auth":"',
    "curl -u", "curl '\"", 'curl \\"', 'curl "a",',
    ":x-oauth-basic@", "Private-Lines: 1\n", "1\u2192", "login a password ",
    "_eyJ", "ops_eyJ", "-eyJ", ".eyJ", "_eyJabcdefghij.",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    assert is_linear(lambda text: redact(text, key=KEY), unit, 80_000)


def test_a_token_that_could_begin_anywhere_and_never_ends_is_read_once() -> None:
    assert is_linear(lambda text: redact(f"{text}.eyJ{text}", key=KEY), "_eyJabcdefghij", 40_000)


@pytest.mark.parametrize(
    ("line", "end"),
    [("eyJ" + "A" * 50, "\n"), ("eyJ" + "aB3." * 20, "\\n"), ("eyJhdXRocyI6" + "A" * 24, "+")],
)
def test_what_could_go_on_costs_little_more_than_words(line: str, end: str) -> None:
    """Reading it again from each beginning on took eight, twelve and fifty times as long."""
    many = 150_000 // len(line)

    assert times_as_long(lambda text: redact(text, key=KEY), (line + end) * many, (line + " " * len(end)) * many) < 4
