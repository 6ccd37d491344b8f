"""Turns the requests of a VS Code chat into messages: a prompt, then what each round with the model said and did."""

import re
from collections.abc import Iterator
from typing import Any

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.model import ToolCall, TranscriptMessage
from contextfs.adapters.transcripts.shapes import count, is_list, is_table, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

_SUFFIX = re.compile(r"__vscode-\d+$")
_CLICKED = re.compile(r'(?:@agent )?Continue: "Continue to iterate\?"')
_UNFINISHED = (0, 4)
_QUIET = ("thinking",)


def messages(request: dict[str, Any], tally: Tally) -> Iterator[TranscriptMessage]:
    """Give what one request and its response say; a response that is still being written is counted, not given."""
    name = text(request.get("requestId")) or turns.Names().of(request.get("timestamp"), request.get("message"))
    message = request.get("message")
    said = text(message) or text(table(message).get("text")) or ""
    asked_at = moment(request.get("timestamp"))
    if request.get("hiddenFromTranscript") is True:
        tally.add("hidden")
        return
    if _is_taken_back(request):
        tally.add("off_path")
        return
    place = turns.Place(external_id=name, tally=tally, at=asked_at, source=turns.source(name, said))
    is_clicked = text(request.get("confirmation")) is not None or _CLICKED.fullmatch(said) is not None
    prompt = turns.prompt(said, place, is_person=request.get("isSystemInitiated") is not True and not is_clicked)
    if prompt:
        yield prompt
    told = table(request.get("result"))
    if not told and table(request.get("modelState")).get("value") in _UNFINISHED:
        tally.add("unfinished")
        return
    rounds = items(table(told.get("metadata")).get("toolCallRounds"))
    yield from _rounds(name, request, rounds, tally) if rounds else _shown(name, request, tally)


def left(request: dict[str, Any]) -> Iterator[str]:
    """Name what a request and its response said, where the person went back to before it."""
    return names(request) if _is_taken_back(request) else iter(())


def names(request: dict[str, Any]) -> Iterator[str]:
    """Name what a request and its response said, whether it was taken back or not."""
    as_said = request | {"isHidden": False, "shouldBeRemovedOnSend": None}
    return (one.external_id for one in messages(as_said, Tally()))


def _is_taken_back(request: dict[str, Any]) -> bool:
    """Tell whether the person went back to before it; a part of its response may have been taken back alone."""
    removed = request.get("shouldBeRemovedOnSend")
    return request.get("isHidden") is True or (is_table(removed) and not text(removed.get("afterUndoStop")))


def _rounds(name: str, request: dict[str, Any], rounds: list[Any], tally: Tally) -> Iterator[TranscriptMessage]:
    metadata = table(table(request.get("result")).get("metadata"))
    results = {_call_id(key): value for key, value in table(metadata.get("toolCallResults")).items()}
    for n, one in enumerate(map(table, rounds)):
        round_name = f"{name}/{text(one.get('id')) or n}"
        at = moment(one.get("timestamp")) or moment(request.get("timestamp"))
        calls = [
            _call(table(call), f"{round_name}#{place}", tally) for place, call in enumerate(items(one.get("toolCalls")))
        ]
        if text(table(one.get("thinking")).get("text")):
            tally.add("thinking")
        said = text(one.get("response")) or ""
        place = turns.Place(external_id=round_name, tally=tally, at=at, source=turns.source(round_name, said))
        made = turns.reply(
            said,
            place,
            calls=calls,
            model=text(one.get("modelId")) or _model(request),
            tokens=count(metadata.get("outputTokens")) if len(rounds) == 1 and "outputTokens" in metadata else None,
        )
        if made:
            yield made
        for call in calls:
            if call.id in results:
                output = "\n".join(_texts(table(results[call.id]).get("content")))
                yield turns.result(output, place.called(f"{round_name}/{call.id}"), call_id=call.id)


def _shown(name: str, request: dict[str, Any], tally: Tally) -> Iterator[TranscriptMessage]:
    """Read what the window showed: what there is of other participants, and of older versions."""
    said: list[str] = []
    calls: list[ToolCall] = []
    for part in map(table, items(request.get("response"))):
        kind = part.get("kind")
        if kind == "toolInvocationSerialized":
            given = table(part.get("toolSpecificData"))
            asked = table(given.get("commandLine")).get("original") or given.get("rawInput") or given or None
            call_id = _call_id(text(part.get("toolCallId")) or "")
            calls.append(
                turns.call(call_id, text(part.get("toolId")), asked, fallback_id=f"{name}#{len(calls)}", tally=tally)
            )
        elif written := _markdown(part):
            said.append(written)
        else:
            tally.add("thinking") if kind in _QUIET else tally.add_of("part", kind)
    whole = "".join(said)
    at = moment(request.get("responseTimestamp")) or moment(request.get("timestamp"))
    place = turns.Place(external_id=f"{name}/reply", tally=tally, at=at, source=turns.source(name, whole))
    made = turns.reply(whole, place, calls=calls, model=_model(request))
    if made:
        yield made


def _markdown(part: dict[str, Any]) -> str:
    kind = part.get("kind")
    if kind == "markdownContent":
        return text(table(part.get("content")).get("value")) or ""
    if kind == "inlineReference":
        reference = table(part.get("inlineReference"))
        named = (
            text(part.get("name"))
            or text(reference.get("name"))
            or (text(reference.get("path")) or "").rpartition("/")[2]
        )
        return f"`{named}`" if named else ""
    return (text(part.get("value")) or text(table(part.get("value")).get("value")) or "") if kind is None else ""


def _call(call: dict[str, Any], fallback_id: str, tally: Tally) -> ToolCall:
    call_id = _call_id(text(call.get("id")) or "")
    return turns.call(call_id, text(call.get("name")), call.get("arguments"), fallback_id=fallback_id, tally=tally)


def _call_id(name: str) -> str:
    return _SUFFIX.sub("", name)


def _model(request: dict[str, Any]) -> str | None:
    metadata = table(table(request.get("result")).get("metadata"))
    return text(metadata.get("resolvedModel")) or text(request.get("modelId"))


def _texts(node: object) -> Iterator[str]:
    """Give the texts of a tool's result: plain values, or the leaves of a rendered tree."""
    waiting: list[object] = [node]
    while waiting:
        one = waiting.pop()
        if is_list(one):
            waiting += reversed(one)
            continue
        if isinstance(one, str):
            yield one
        inner = table(one)
        if isinstance(inner.get("text"), str):
            yield inner["text"]
        waiting += [inner[key] for key in ("children", "node", "value") if key in inner]
