"""What is read of the APIs: each shape that their libraries send, and anything else without a fault."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.errors import Invalid
from contextfs.recording import anthropic_messages, openai_chat, openai_responses
from contextfs.recording.conversation import APIS
from contextfs.recording.events import MOST_BYTES, events, unpacked
from contextfs.recording.model import Turn
from tests.clients.proxy import model

SAID: list[Any] = ["It listens on 8443.", "", "ä\n\n日本", ("weather", {"city": "Ulm", "days": [1, 2]})]
WHOLE: dict[str, Callable[[Any, int], dict[str, Any]]] = {
    "/chat/completions": model.chat,
    "/responses": model.response,
    "/messages": model.message,
}
STREAMED: dict[str, Callable[[dict[str, Any]], Iterator[bytes]]] = {
    "/chat/completions": model.chat_events,
    "/responses": model.response_events,
    "/messages": model.message_events,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "messages",
                    "input",
                    "role",
                    "content",
                    "type",
                    "text",
                    "tool_calls",
                    "function",
                    "name",
                    "arguments",
                    "choices",
                    "delta",
                    "index",
                    "usage",
                    "output",
                    "item",
                    "response",
                    "content_block",
                    "message",
                    "id",
                    "user",
                    "assistant",
                    "tool_result",
                    "tool_use",
                    "output_text",
                ]
            )
            | st.text(max_size=3),
            inner
            | st.sampled_from(["user", "assistant", "tool", "message", "tool_result", "tool_use", "function_call"]),
            max_size=4,
        )
    ),
    max_leaves=30,
)


@pytest.mark.parametrize("path", APIS)
@pytest.mark.parametrize("said", SAID)
def test_a_stream_says_what_the_whole_reply_says(path: str, said: Any) -> None:
    whole = WHOLE[path](said, 1)
    streamed = b"".join(STREAMED[path](whole))

    expected, told = APIS[path].replied(whole), APIS[path].assembled(events(streamed))

    if said == "":
        assert told.turn is None or told.turn.is_empty
    else:
        assert told == expected
    assert not told.is_cut


@pytest.mark.parametrize("path", APIS)
def test_a_stream_that_was_cut_says_what_came(path: str) -> None:
    parts = list(STREAMED[path](WHOLE[path]("It listens on 8443.", 1)))
    last = next(place for place, part in enumerate(parts) if b"stens" in part)

    told = APIS[path].assembled(events(b"".join(parts[:last]) + parts[last][:-3]))

    assert told.is_cut
    assert told.turn is not None
    assert "It listens on 8443.".startswith(told.turn.content)


@pytest.mark.parametrize("path", APIS)
@given(data=anything)
def test_nothing_that_is_sent_makes_a_fault(path: str, data: Any) -> None:
    body: dict[str, Any] = dict.fromkeys(("messages", "input", "choices", "output", "content"), data)

    asked = APIS[path].asked(body)
    APIS[path].replied(body)
    APIS[path].assembled([body, {"type": "message_start", "message": data}, {"choices": [{"delta": data}]}])

    assert all(one.role in {"user", "assistant", "tool"} for one in asked.turns)


@given(st.binary(max_size=200))
def test_nothing_that_comes_makes_a_fault(body: bytes) -> None:
    assert all(isinstance(one, dict) for one in events(body))


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5), min_size=1), max_size=5), st.booleans())
def test_events_are_read_whatever_ends_their_lines(values: list[dict[str, str]], carriage: bool) -> None:  # noqa: FBT001 - generated
    body = b"".join(b": ping\n\nevent: x\ndata: " + json.dumps(one).encode() + b"\n\n" for one in values)

    assert list(events(body.replace(b"\n", b"\r\n") if carriage else body)) == values


def test_pictures_are_told_and_reasoning_is_not() -> None:
    parts = [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "thinking", "thinking": "hm"},
    ]

    asked = openai_chat.asked({"messages": [{"role": "user", "content": parts}]})

    assert asked.turns == [Turn(role="user", content="Look:\n[image]")]


def test_items_of_the_assistant_are_one_turn() -> None:
    items: list[Any] = [
        {"role": "user", "content": [{"type": "input_text", "text": "List."}]},
        {"type": "reasoning", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
        {"type": "function_call", "call_id": "c", "name": "ls", "arguments": '{"path": "."}'},
        {"type": "function_call_output", "call_id": "c", "output": "a.py"},
        {"role": "developer", "content": "Be brief."},
    ]

    asked = openai_responses.asked({"input": items, "conversation": {"id": "conv_1"}})

    assert [(one.role, one.content, one.answers) for one in asked.turns] == [
        ("user", "List.", None),
        ("assistant", "I look.", None),
        ("tool", "a.py", "c"),
    ]
    assert [(one.name, one.input) for one in asked.turns[1].calls] == [("ls", {"path": "."})]
    assert asked.session == "conv_1"


def test_results_stand_before_what_is_said_with_them() -> None:
    content = [
        {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "no"}], "is_error": True},
        {"type": "text", "text": "Try again."},
    ]

    asked = anthropic_messages.asked({"max_tokens": 1, "messages": [{"role": "user", "content": content}]})

    assert asked.turns == [
        Turn(role="tool", content="no", answers="t1", is_error=True),
        Turn(role="user", content="Try again."),
    ]
    assert asked.is_probe


def test_a_bomb_is_refused() -> None:
    import gzip  # noqa: PLC0415 - only here

    bomb = gzip.compress(bytes(MOST_BYTES + 1))

    with pytest.raises(Invalid, match="more than"):
        unpacked(bomb, "gzip")
    with pytest.raises(Invalid, match="packed as br"):
        unpacked(b"", "br")
    with pytest.raises(Invalid, match="cannot be unpacked"):
        unpacked(b"no", "gzip")
