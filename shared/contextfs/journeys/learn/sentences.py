"""From a message to the sentences that its author wrote: no code, quotes, logs, tables or injected context."""

import re
from collections.abc import Iterator

from contextfs.journeys.learn.cues import cue
from contextfs.kit.fence import FENCE
from contextfs.kit.pattern import pattern

_ELEMENTS = (
    FENCE,
    "system-reminder",
    "local-command-stdout",
    "local-command-stderr",
    "local-command-caveat",
    "command-name",
    "command-message",
    "command-args",
    "bash-input",
    "bash-stdout",
    "bash-stderr",
    "task-notification",
    "user-prompt-submit-hook",
    "hook_context",
    "ide_opened_file",
    "ide_selection",
    "ide_diagnostics",
    "new-diagnostics",
    "environment_context",
    "user_instructions",
    "INSTRUCTIONS",
    "thinking",
    "think",
    "private",
)
_TAG = pattern(r"<(/?)(" + "|".join(map(re.escape, _ELEMENTS)) + r")(?=[\s>])[^<>]{0,2000}>")
_CODE_FENCE = pattern(r"^\s{0,8}(`{3,}|~{3,})", re.MULTILINE)

_NOT_PROSE = cue(
    r"""
    .*\[\d+/\d+\]\s*$|\s*>|\s*\||\s*(?:[$❯➜%»]|>>>|#!)\s|\s*<[!/?a-zA-Z]|\s*(?:@@|\+\+\+|---|===|\*\*\*)|\s*[+-]\S
    |\s{4,}(?![-*•\d])|\t|\s*\d+(?:[:|→]\s?|\s+[+-])
    |\s*[\U0001F300-\U0001FAFF\u2600-\u27BF\u2139\u23E9-\u23FA\u2B50]|\s*[\w./-]+\.\w{1,5}:\d+
    |\s*[\[(]?\d{2,4}[-/:.]\d{2}[-/:.]\d{2}|\s*\[\d|\s*(?:at|File)\s\S+[(:"]|\s*(?:ERROR|WARN(?:ING)?
    |INFO|DEBUG|TRACE|FATAL|PASS|FAIL|FAILED|E|Error|Warning|Traceback|panic)\b\s*[:\[(]
    |\s*[│├└┌╭╰─━▶●⎿✓✔✗✘⨯✅❌⚠️☐☑]|\s*(?:\w+\s*=\s*\S|(?:import|from|def|class|func|const|let|var|return
    |package)\s+[\w{*]+\s*[({=;:])
    """,
    any_case=False,
)
_LONGEST_LINE = 4_000
_BULLET = pattern(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?")
_HEADING = pattern(r"^\s*#{1,6}\s")
_EMPHASIS = pattern(r"\*\*|__(?=\w)|(?<=\w)__")
_END = pattern(r"[.!?…](?:[\"'”’)\]`*]{0,3})\s+(?=[\"'“‘(\[`*@/]{0,3}[A-Z0-9À-Þ])|[.!?](?=\s+[a-z]+(?:'\w+)?\s)")
_ABBREVIATION = pattern(r"(?i)(?:^|[\s(])(?:e\.?g|i\.?e|etc|vs|approx|incl|resp|cf|al|no|fig|dr|mr|ms|st|[a-z])\.$")
_SYMBOLS = pattern(r"[^\w\s.,;:!?'\"()`’“”/@*-]")


def without_elements(text: str) -> str:
    """Take out recalled memories and what tools write into messages, each from its first tag to its last.

    An element that is left open runs to the end of the text: better too much is lost than learned twice.
    """
    if "<" not in text:
        return text
    kept: list[str] = []
    at, depth, name = 0, 0, ""
    for tag in _TAG.finditer(text):
        if depth and tag[2] == name:
            depth += -1 if tag[1] else 1
            at = tag.end() if not depth else len(text)
        elif not depth and not tag[1]:
            kept.append(text[at : tag.start()])
            depth, name, at = 1, tag[2], len(text)
        elif not depth:
            # A closing tag too many stretches the element before it: what is recalled must not break out of its fence.
            kept += [] if tag[2] == name else [text[at : tag.start()]]
            at = tag.end()
    return "\n".join([*kept, text[at:]])


def without_code(text: str) -> str:
    """Take out fenced code; an open fence runs to the end."""
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = _CODE_FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
            kept.append("")
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence:
            kept.append(line)
    return "\n".join(kept)


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of prose, soft-wrapped ones joined; an empty line stands for a gap or what was left out."""
    held = ""
    for line in without_code(text).splitlines():
        if not is_prose(line):
            yield from (held, "")
            held = ""
        elif held and _wraps(held, line):
            held = f"{held} {line.strip()}"
        else:
            if held:
                yield held
            held = line
    if held:
        yield held


def is_prose(line: str) -> bool:
    """Say whether a line is a person's or an assistant's words, by its first characters and its share of symbols."""
    if len(line) > _LONGEST_LINE:
        return False
    body = _BULLET.sub("", line, count=1)
    if not body.strip() or _HEADING.match(line) or _NOT_PROSE.match(body) or (body is line and _NOT_PROSE.match(line)):
        return False
    return len(_SYMBOLS.findall(body)) <= max(3, len(body) // 8)


def is_output(text: str) -> bool:
    """Say whether a message is what a program printed: it begins like a list or a log, and has less prose than else."""
    lines = [line for line in without_code(without_elements(text)).splitlines() if line.strip()]
    prose = [is_prose(line) for line in lines]
    return bool(lines) and (_BULLET.match(lines[0]) is not None or not prose[0]) and 2 * sum(prose) < len(lines)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a message in their own words, without bullets and bold marks."""
    for line in lines_of(without_elements(text)):
        yield from _split(_EMPHASIS.sub("", _BULLET.sub("", line, count=1)).strip())


def _wraps(held: str, line: str) -> bool:
    """Say whether `line` goes on where `held` broke off."""
    return (
        len(held) < _LONGEST_LINE
        and not _BULLET.match(line)
        and held.rstrip()[-1:] not in ".!?:…"
        and line.lstrip()[:1].islower()
    )


def _split(line: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(line):
        if _inside_code(line, start, end.start()) or _ABBREVIATION.search(line, start, end.start() + 1):
            continue
        yield line[start : end.end()].strip()
        start = end.end()
    if line[start:].strip():
        yield line[start:].strip()


def _inside_code(line: str, start: int, at: int) -> bool:
    return line.count("`", start, at) % 2 == 1
