"""What is kept holds no secret that would not be stored elsewhere, and is as it was where there is none."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction.model import Policy
from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.local.records.cleaning import Cleaning, cleaned

KEY = b"k" * 32
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
PLAIN = ["", "hello", "a" * 40, "/etc/passwd", "the token is expired", "\u2028", "naïve 🌅", "x\\ny", "<private>", "}{"]
SECRET = [TOKEN, f"say {TOKEN}.", f"line\\n{TOKEN}", "password=hunter2-Blue-Horse", "<private>me</private>"]
texts = st.sampled_from([*PLAIN, *SECRET]) | st.text(max_size=30)
numbers = st.sampled_from([4242424242424242, 123456789, 48151623, 7, 1.5])
values = texts | numbers
records = st.dictionaries(st.sampled_from(["text", "password", "ssn", "n"]), values | st.lists(values, max_size=3))


def run(*lines: bytes) -> tuple[bytes, int]:
    cleaning = Cleaning(Policy(KEY))
    return b"".join(cleaned(iter(lines), cleaning)), cleaning.found


@given(st.lists(records, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_each_record_is_cleaned_as_if_it_were_alone(some: list[dict[str, object]]) -> None:
    lines = [msgspec.json.encode(one) + b"\n" for one in some]

    done, found = run(*lines)

    alone = [redact_json(one, key=KEY) for one in some]
    assert [one.value for one in alone] == [msgspec.json.decode(line) for line in done.splitlines()]
    assert sum(len(one.findings) for one in alone) == found


def test_a_record_without_a_secret_stays_to_the_byte() -> None:
    odd = b'{ "a" :1.50,"b":"\\u0041\\/", "big":123456789012345678901234567890 }\r\n'

    assert run(b"\n", odd, b'{"cut":"of') == (b"\n" + odd + b'{"cut":"of', 0)


@pytest.mark.parametrize(
    "record",
    [
        {"content": f"use {TOKEN}"},
        {"env": {"DB_PASSWORD": "hunter2-Blue-Horse"}},
        {"output": json.dumps({"log": f"start\n{TOKEN}"})},
        {TOKEN: 1},
        {"paid": {"with": [4242424242424242]}},
    ],
)
def test_a_secret_is_taken_out_wherever_it_stands(record: dict[str, object]) -> None:
    done, found = run(b'{"first":1}\n', json.dumps(record).encode() + b"\n")

    assert [one for one in (TOKEN, "hunter2", "4242424242") if one.encode() in done] == []
    assert (found, len(done.splitlines())) == (1, 2)
    assert isinstance(json.loads(done.splitlines()[1]), dict)


@pytest.mark.parametrize(
    "record",
    [
        f'{{"a":"{TOKEN}","a":"x"}}',
        f'{{"a":{{"b":["{TOKEN}"]}},"c":"\\\\","a":"\\"x"}}',
        '{"password":"hunter2-Blue-Horse","password":7}',
    ],
)
def test_a_name_that_stands_twice_hides_no_secret(record: str) -> None:
    harmless = b'{ "a":1, "a":2}\n'
    done, found = run(b'{"first":1}\n', record.encode() + b"\n", harmless)

    assert [one for one in (TOKEN, "hunter2") if one.encode() in done] == []
    assert found > 0
    assert (json.loads(record), harmless) == (json.loads(done.splitlines()[1]), done.splitlines(keepends=True)[2])


def test_a_text_is_judged_whole_since_a_key_has_many_lines() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + ("A1b2C3d4" * 8 + "\n") * 4 + "-----END RSA PRIVATE KEY-----\n"
    text = f"#### use this\n{key}thanks\n"

    done, found = run(*text.encode().splitlines(keepends=True))

    assert (redact(text, key=KEY).text.encode(), 1) == (done, found)


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    assert run(b"\xff\xfe\x00 abc\n", b"\x80") == (b"\xff\xfe\x00 abc\n\x80", 0)
