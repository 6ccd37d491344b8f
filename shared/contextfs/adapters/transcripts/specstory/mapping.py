"""Maps the blocks of a SpecStory history to a transcript."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.claude_code.notices import is_at_once, is_command, is_notice
from contextfs.adapters.transcripts.injected import without_fence
from contextfs.adapters.transcripts.model import Kind, Role, ToolCall, Transcript, TranscriptMessage
from contextfs.adapters.transcripts.specstory.reader import Block, Header
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.voices import heard

TOOL = "specstory"
_THINK = re.compile(r"^<think>.*?</think>\s*", re.DOTALL | re.MULTILINE)
_TOOL_USE = re.compile(r'^<tool-use (?:[^>]*? )?data-tool-name="([^"]*)"[^>]*>(?:<details>)?\n?', re.MULTILINE)
_TOOL_END = "</tool-use>"
_SUMMARY = re.compile(r"\A\s*<summary>.*?</summary>\n?", re.DOTALL)
_FENCED = re.compile(r"^```[^\n`]*\n(.*)^```[ \t]*$", re.DOTALL | re.MULTILINE)
_MACHINE_MODEL = "<synthetic>"


def transcript(header: Header, blocks: Sequence[Block], *, fallback_id: str, tally: Tally) -> Transcript | None:
    """Make the transcript of one file; None when nothing was said.

    Subagents' blocks (`sidechain`), quoted histories (`quoted`) and reasoning are counted, not given. The format
    carries no ids of messages: they are made of speaker and time, so a later, longer rendering keeps them.
    """
    session = header.session_id or fallback_id
    messages = chained(_messages(blocks, session, tally))
    if not messages:
        return None
    started_at, ended_at = dates(messages)
    replied = models(messages)
    known = {"agent": header.agent, "format": header.format, "models": replied}
    return Transcript(
        tool=TOOL,
        external_id=session,
        title=header.title or opening(messages),
        started_at=started_at or header.started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        messages=messages,
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def _messages(blocks: Sequence[Block], session: str, tally: Tally) -> Iterator[TranscriptMessage]:
    taken: dict[str, int] = {}
    command: Block | None = None
    for n, block in enumerate(blocks):
        if block.is_quoted or block.is_sidechain:
            tally.add("quoted" if block.is_quoted else "sidechain")
            continue
        speaker = "user" if block.is_user else "agent"
        stem = f"{session}/{block.at.isoformat()}/{speaker}" if block.at else f"{session}/{speaker}"
        name = f"{stem}/{taken[stem]}" if stem in taken else stem
        made = list(_asked(block, name, command, tally) if block.is_user else _answered(block, name, tally))
        if made:
            taken[stem] = taken.get(stem, 0) + 1
        found = turns.source(f"block/{n}", block.body)
        yield from (msgspec.structs.replace(message, source=found) for message in made)
        command = block if block.is_user and is_command(block.body) else None


def _asked(block: Block, name: str, command: Block | None, tally: Tally) -> Iterator[TranscriptMessage]:
    """Read a block of the person. The text that a slash command expands to follows it at the same moment."""
    kind, said = heard(block.body, tally, is_notice=is_notice)
    if kind == "prompt" and command and is_at_once(block.at, command.at):
        kind = "meta"
    if said:
        yield _message(block, name, "user" if kind == "prompt" else "system", kind, said)


def _answered(block: Block, name: str, tally: Tally) -> Iterator[TranscriptMessage]:
    """Read a block of the agent: its text and calls, then the results that were rendered with the calls."""
    body, thoughts = _THINK.subn("", block.body)
    tally.add("thinking", thoughts)
    said, uses = _split(body)
    calls = [ToolCall(id=f"{name}#{n}", name=tool, input={"text": asked}) for n, (tool, asked, _) in enumerate(uses)]
    said = without_fence(said, tally).strip()
    machine = block.model == _MACHINE_MODEL
    if said or calls:
        role, kind = ("system", "meta") if machine else ("assistant", "reply")
        yield _message(block, name, role, kind, said, tool_calls=tuple(calls))
    for call, (_, _, result) in zip(calls, uses, strict=True):
        if result:
            content = without_fence(result, tally)
            yield _message(block, call.id, "tool", "tool_result", content, tool_call_id=call.id)


def _split(body: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Take the tools out of a body: the text left, and (tool, what was asked, its output) of each."""
    starts = list(_TOOL_USE.finditer(body))
    ends = [match.start() for match in starts[1:]] + [len(body)] * bool(starts)
    said = [body[: starts[0].start()] if starts else body]
    uses: list[tuple[str, str, str]] = []
    for match, end in zip(starts, ends, strict=True):
        inside, _, after = body[match.end() : end].rpartition(_TOOL_END)
        uses.append((match[1], *_parts(inside or after)))
        said.append(after if inside else "")
    return "\n\n".join(text.strip() for text in said if text.strip()), uses


def _parts(inside: str) -> tuple[str, str]:
    """Part what was asked from the output: all between the first code fence and the last, whatever stands in it."""
    shown = _SUMMARY.sub("", inside).rstrip().removesuffix("</details>")
    output = _FENCED.search(shown)
    return _FENCED.sub("", shown).strip(), output[1].rstrip("\n") if output else ""


def _message(
    block: Block,
    name: str,
    role: Role,
    kind: Kind,
    content: str,
    *,
    tool_calls: tuple[ToolCall, ...] = (),
    tool_call_id: str | None = None,
) -> TranscriptMessage:
    return TranscriptMessage(
        external_id=name,
        role=role,
        kind=kind,
        content=content,
        tool_calls=tool_calls,
        tool_call_id=tool_call_id,
        created_at=block.at,
        model=block.model if kind == "reply" else None,
    )
