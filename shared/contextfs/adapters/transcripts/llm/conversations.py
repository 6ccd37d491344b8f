"""Maps the conversations of `llm` before 0.36: each call of a model is a row, with prompt and response."""

from collections.abc import Iterator

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.llm.threads import SQL, TOOL, Row, usage
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import count, moment, text
from contextfs.adapters.transcripts.sqlite import Base
from contextfs.adapters.transcripts.tally import Tally


def transcripts(base: Base, known: set[str]) -> Iterator[Transcript]:
    """Give each conversation that is not `known` as a thread, and each call that belongs to none."""
    if base.columns("conversations"):
        for row in base.rows(SQL["conversations"]):
            if str(row["id"]) not in known:
                calls = list(base.rows(SQL["responses"], {"id": row["id"]}))
                yield from _transcript(base, str(row["id"]), text(row["name"]), calls)
    for call in base.rows(SQL["loose"]):
        yield from _transcript(base, str(call["id"]), None, [call])


def _transcript(base: Base, name: str, title: str | None, calls: list[Row]) -> Iterator[Transcript]:
    tally = Tally()
    has_tools = bool(base.columns("tool_calls") and base.columns("tool_results"))
    messages = chained(made for call in calls for made in _messages(base, call, tally, has_tools=has_tools))
    if not messages:
        return
    started_at, ended_at = dates(messages)
    replied = models(messages)
    yield Transcript(
        tool=TOOL,
        external_id=name,
        title=title or opening(messages),
        started_at=started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        messages=messages,
        usage=usage(calls),
        skipped=tally.counts(),
        metadata={"models": replied} if replied else {},
    )


def _messages(base: Base, call: Row, tally: Tally, *, has_tools: bool) -> Iterator[TranscriptMessage]:
    name = str(call["id"])
    place = turns.Place(
        external_id=f"{name}/prompt",
        tally=tally,
        at=moment(call.get("datetime_utc")),
        source=turns.source(f"responses/{name}", sorted(call.items(), key=str)),
    )
    results = list(base.rows(SQL["tool_results"], {"id": name})) if has_tools else []
    for n, result in enumerate(results):
        named = place.called(f"{name}/result/{n}")
        yield turns.result(text(result["output"]) or "", named, call_id=text(result["tool_call_id"]))
    made = turns.prompt(text(call.get("prompt")) or "", place)
    yield from [made] if made else []
    asked = list(base.rows(SQL["tool_calls"], {"id": name})) if has_tools else []
    calls = [
        turns.call(
            text(one["tool_call_id"]), text(one["name"]), one["arguments"], fallback_id=f"{name}#{n}", tally=tally
        )
        for n, one in enumerate(asked)
    ]
    if text(call.get("reasoning")):
        tally.add("thinking")
    made = turns.reply(
        text(call.get("response")) or "",
        place.called(f"{name}/response"),
        calls=calls,
        model=text(call.get("resolved_model")) or text(call.get("model")),
        tokens=count(call["output_tokens"]) if call.get("output_tokens") is not None else None,
    )
    yield from [made] if made else []
