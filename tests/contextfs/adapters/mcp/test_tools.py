"""What the tools cost a conversation, and how their arguments are read."""

import json

import pytest

from contextfs.adapters.mcp.tools import TOOLS, read
from contextfs.domain.context.tokens import estimate
from contextfs.kit.errors import Invalid

MOST_TOKENS = 1500


def listing() -> str:
    return json.dumps([{"name": one.name, "description": one.about, "inputSchema": one.schema} for one in TOOLS])


def test_all_tools_together_stay_below_their_budget() -> None:
    """Estimated twice: by our own count, which is on the safe side, and by four characters a token."""
    text = listing()

    assert estimate(text) < MOST_TOKENS
    assert len(text) / 4 < MOST_TOKENS


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_schema_says_only_what_every_provider_reads(tool: object) -> None:
    schema = json.dumps(getattr(tool, "schema", None))

    assert not any(word in schema for word in ("$ref", "$defs", "anyOf", "null", "pattern"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_field_too_many_is_told(tool: object) -> None:
    takes = getattr(tool, "takes", None)
    assert takes is not None
    with pytest.raises(Invalid, match="This tool takes"):
        read(takes, {"nonsense": 1})
