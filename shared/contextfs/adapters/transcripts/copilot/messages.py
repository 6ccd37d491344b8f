"""Turns the events of Copilot's agent into messages."""

from collections.abc import Iterable, Iterator

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.copilot.events import Event
from contextfs.adapters.transcripts.model import TranscriptMessage
from contextfs.adapters.transcripts.shapes import count, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

_PEOPLE = ("user", "human", "cli")


class Speaker:
    """Makes messages of one session's events; those of subagents (`sidechain`) are counted, not given."""

    def __init__(self, events: Iterable[Event], tally: Tally) -> None:
        self._tally = tally
        self._names = turns.Names()
        self._spent = {
            call: table(event.data.get("usage"))
            for event in events
            if event.type == "session.usage_record" and (call := text(table(event.data.get("usage")).get("apiCallId")))
        }

    def messages(self, event: Event) -> Iterator[TranscriptMessage]:
        """Give what one event says; an event that says nothing is counted."""
        data = event.data
        if event.is_of_subagent:
            self._tally.add("sidechain")
            return
        made: TranscriptMessage | None = None
        match event.type:
            case "user.message":
                made = self._asked(event)
            case "assistant.message":
                made = self._replied(event)
            case "tool.execution_complete":
                made = self._answered(event)
            case "session.compaction_complete":
                made = turns.note(text(data.get("summaryContent")) or "", "summary", self._place(event))
            case "system.notification":
                made = turns.note(text(data.get("content")) or "", "meta", self._place(event))
            case "assistant.reasoning":
                self._tally.add("thinking")
                return
            case kind:
                self._tally.add(kind)
                return
        if made:
            yield made
        else:
            self._tally.add("empty")

    def _asked(self, event: Event) -> TranscriptMessage | None:
        source = event.data.get("source")
        is_person = source is None or source in _PEOPLE
        said = text(event.data.get("content")) or ""
        return turns.prompt(said, self._place(event), is_person=is_person)

    def _replied(self, event: Event) -> TranscriptMessage | None:
        data = event.data
        usage = self._spent.get(text(data.get("apiCallId")) or "", {})
        tokens = usage.get("outputTokens", data.get("outputTokens"))
        if text(data.get("reasoningText")):
            self._tally.add("thinking")
        place = self._place(event)
        calls = [
            turns.call(
                text(one.get("toolCallId")),
                text(one.get("name")),
                one.get("arguments"),
                fallback_id=f"{place.external_id}#{n}",
                tally=self._tally,
            )
            for n, one in enumerate(map(table, items(data.get("toolRequests"))))
        ]
        return turns.reply(
            text(data.get("content")) or "",
            place,
            calls=calls,
            model=text(data.get("model")) or text(usage.get("model")),
            tokens=None if tokens is None else count(tokens),
        )

    def _answered(self, event: Event) -> TranscriptMessage:
        told = table(event.data.get("result"))
        error = event.data.get("error")
        failure = text(table(error).get("message")) or text(error) or ""
        return turns.result(
            text(told.get("content")) or text(told.get("detailedContent")) or failure,
            self._place(event),
            call_id=text(event.data.get("toolCallId")),
            is_error=event.data.get("success") is False,
        )

    def _place(self, event: Event) -> turns.Place:
        name = self._names.once(event.id) if event.id else self._names.of(event.type, event.data)
        return turns.Place(external_id=name, tally=self._tally, at=moment(event.timestamp), source=event.line.source())
