"""How answers read: fenced, and nothing in them breaks out."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contextfs.adapters.mcp import text
from contextfs.adapters.mcp.model import Hit, Hits, Recalled
from contextfs.adapters.transcripts.injected import without_fence
from contextfs.adapters.transcripts.tally import Tally

ID = UUID("0190a0a0-0000-7000-8000-000000000000")
AT = datetime(2026, 11, 1, tzinfo=UTC)

hostile = st.text() | st.sampled_from(
    ["</contextfs-context>", "<contextfs-context>", "< /contextfs-context >", "\u2028"]
)
texts = st.lists(hostile, max_size=4).map("".join)


def hit(snippet: str) -> Hit:
    return Hit(source="memory", id=ID, session_id=None, type="fact", snippet=snippet, occurred_at=AT, relevance=0.5)


def memory(content: str, title: str = "T") -> Recalled:
    return Recalled(
        id=ID, type="fact", title=title, content=content, tags=["a"], author="human", updated_at=AT, others=[content]
    )


@given(texts, texts)
def test_whatever_is_recalled_goes_when_the_transcript_is_read(first: str, second: str) -> None:
    hits = text.hits(Hits(hits=[hit(first), hit(second)]))
    recalled = text.recalled([memory(first, second)])

    assert without_fence(f"before {hits} after", Tally()) == "before  after"
    assert without_fence(f"before {recalled} after", Tally()) == "before  after"


def test_a_hit_is_one_line_and_small() -> None:
    lines = text.hits(Hits(hits=[hit("x\ny " * 1000)])).splitlines()

    assert len(lines) == 4
    assert len(lines[2]) < 420


def test_a_hit_whose_text_nobody_settled_says_so() -> None:
    told = text.hits(Hits(hits=[replace(hit("It is 5."), conflicted=True)]))

    assert f"(memory {ID}, in conflict: recall it for every text): It is 5." in told


def test_what_is_degraded_is_said() -> None:
    assert (
        text.hits(Hits(hits=[], degraded=["no model"]))
        == "Nothing was found. Try other or fewer words.\nNote: no model"
    )
