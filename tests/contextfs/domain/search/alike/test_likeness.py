"""What is the same, what is near, and what must not differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.alike.likeness import NEAR, alike, bands, gist, shared


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("We do not use npm.", "we don't use npm", "same"),
        ("We use Postgres for the queue.", "For the queue we use postgres.", "same"),
        ("The retry of the worker is off.", "The retry of the worker is on.", None),
        ("It listens on port 8080.", "It listens on port 8081.", None),
        ("Use Node 20.1.", "Use Node 20.2.", None),
        ("Read `a.py` first.", "Read `b.py` first.", None),
        ("We deploy with Pulumi.", "We deploy with Terraform.", None),
        ("Prefer tabs over spaces.", "Prefer spaces over tabs.", None),
        ("Keep count < limit there.", "Keep count > limit there.", None),
        ("In staging, answer in German.", "In German, answer in staging.", None),
        ("The job deletes old sessions of users.", "The job deletes old sessions.", "near"),
        ("", "", None),
        ("🙂", "🙂", None),
        ("数据库在端口五四三三上运行", "数据库在端口五四三三上运行", "same"),
    ],
)
def test_texts_are_alike(one: str, other: str, expected: str | None) -> None:
    assert (expected, expected) == (alike(gist(one), gist(other)), alike(gist(other), gist(one)))


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared_either_way(one: str, other: str) -> None:
    assert alike(gist(one), gist(other)) == alike(gist(other), gist(one))


@given(st.text(min_size=1, max_size=80))
def test_a_text_is_the_same_as_itself_if_it_says_anything(text: str) -> None:
    assert (alike(gist(text), gist(text)) == "same") == bool(gist(text).words)


def test_near_texts_share_a_band() -> None:
    text = "the worker retries a delivery with exponential backoff before it gives up on the event of a session"
    words = text.split()
    lost = 0
    for number in range(len(words)):
        one, other = gist(" ".join(words)), gist(" ".join(words[:number] + words[number + 1 :]))
        assert shared(one, other) >= NEAR
        lost += not {*bands(one)} & {*bands(other)}

    assert lost == 0


def test_a_very_long_text_is_read_in_time() -> None:
    assert len(gist("word " * 40_000).shingles) == 2
