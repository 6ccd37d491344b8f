"""What the product itself makes is known to redaction, whatever it opens."""

import base64
import os
import re
import zlib
from uuid import uuid4

import pytest

from contextfs.domain.redaction import redact
from contextfs.domain.redaction.model import VERSION
from contextfs.domain.redaction.tokens import _SHAPES  # pyright: ignore[reportPrivateUsage] - its change is looked at
from contextfs.domain.sources import signatures
from contextfs.domain.sources.model import Scheme
from contextfs.kit import tokens


@pytest.mark.parametrize("prefix", tokens.KINDS)
@pytest.mark.parametrize("around", ["{}", "Authorization: Bearer {}", "contextfs_login={}; Path=/", '{{\\"a\\":\\n{}'])
def test_no_credential_of_ours_stays(prefix: str, around: str) -> None:
    secret = tokens.mint(prefix, uuid4(), uuid4(), os.urandom)
    cleaned = redact(around.format(secret), key=b"k").text
    cut = redact(around.format(secret[:-6]), key=b"k").text

    assert f"[redacted:contextfs-{tokens.KINDS[prefix]}:" in cleaned
    assert secret[-45:-6] not in cleaned + cut
    assert re.fullmatch(tokens.SCANNED_BY, secret)


def test_no_kind_is_made_that_redaction_does_not_know() -> None:
    with pytest.raises(ValueError, match="ctxz"):
        tokens.mint("ctxz", uuid4(), uuid4(), os.urandom)


@pytest.mark.parametrize(
    "name", ["ctxt_switch_levelling_of_the_processor", "ctxs_by_name_and_by_where_they_began_to_be"]
)
def test_a_name_that_begins_like_one_stays(name: str) -> None:
    assert redact(f"call {name}()", key=b"k").text == f"call {name}()"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/images/3/35/2018-250-xoxo-indieweb-1.jpg",
        "- (id)hf_requiredCharacteristicTypesForDisplayMetadata;",
        "&hf_servingcellpriorityparametersdescription_h_prio),",
        "sgp_of_the_commit_5cb4a5f04cd412fe946667b17f0129ba17aeb2e0",
    ],
)
def test_what_begins_like_a_vendors_token_and_is_none_stays(text: str) -> None:
    assert redact(text, key=b"k").text == text


@pytest.mark.parametrize(
    "made",
    [
        *(bytes(range(232, 256)), b"\xfb\xff\xbf" + bytes(range(21)), bytes(range(230, 255))),
        base64.b64decode("XXXxxB5w7v6IV9ojeBFbt+WOosJrgMf/"),
    ],
)
def test_a_webhook_secret_goes_whole_where_its_base64_has_signs(made: bytes) -> None:
    secret = "whsec_" + base64.b64encode(made).decode()
    text = f'export SECRET="{secret}" && run'

    assert re.fullmatch(r'export SECRET="\[redacted:[a-z-]+:[0-9a-f]+\]" && run', redact(text, key=b"k").text)
    assert redact(f"hook {secret}, then", key=b"k").text.endswith("], then")


def test_what_stands_for_a_webhook_secret_stays() -> None:
    text = "whsec_your_webhook_signing_secret_here whsec_xxxxxxxxxxxxxxxxxxxxxxxx"

    assert redact(text, key=b"k").text == text


def test_each_webhook_secret_that_is_made_goes() -> None:
    secrets = [signatures.mint_standard(os.urandom) for _ in range(200)]
    cleaned = redact("\n".join(f"hook {one} made" for one in secrets), key=b"k").text

    assert [
        line for line in cleaned.splitlines() if not re.fullmatch(r"hook \[redacted:webhook-secret:\w+\] made", line)
    ] == []


@pytest.mark.parametrize("scheme", ["standard", "github", "slack"])
def test_the_secret_of_a_source_of_any_scheme_goes(scheme: Scheme) -> None:
    secret = signatures.mint(scheme, uuid4(), uuid4(), os.urandom)
    cleaned = redact(f"I set the webhook up with {secret} and it works", key=b"k").text

    assert re.fullmatch(r"I set the webhook up with \[redacted:(contextfs-)?webhook-secret:\w+\] and it works", cleaned)


def test_who_changes_the_table_of_shapes_has_all_looked_through_again() -> None:
    """Grow `VERSION` with it, and write both here."""
    assert (VERSION, zlib.crc32(repr(_SHAPES).encode())) == (13, 263898305)
