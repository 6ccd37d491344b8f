"""Procedures: commands that worked, and steps that someone spelled out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from contextfs.journeys.learn.candidates import Candidate, title_of
from contextfs.journeys.learn.commands import Run, links, purpose, runner
from contextfs.journeys.learn.cues import cue
from contextfs.journeys.learn.gate import Said, is_machine_text
from contextfs.journeys.learn.sentences import without_code, without_elements
from contextfs.journeys.learn.turns import Turn, closing, is_human, is_reply
from contextfs.kit.pattern import pattern

_MOST = 3
_TOLD_MORE = pattern(r"\s(?:-v+|-q|--verbose|--quiet|-count=1)(?=\s|$)")
"""What changes how much a check tells, or that it is run once more: the same command as without it."""
_CHECKS = frozenset({"run the tests", "run the linter", "check types"})
_TO_DO = cue(
    r"""
    ^(?:\w+[,:] )?(?P<goal>(?:to|in order to) (?!be\b|me\b|you\b|avoid\b|see\b
    |the\b)[a-z][^,`]{3,70}),? (?:you (?:have to|need to|must|should
    |can) |we |i |just |please |always |first )*(?:run|use|execute|call|type|do|set|start with
    |invoke)s? (?P<how>`[^`]+`.*|(?:make|npm|pnpm|yarn|npx|go|cargo|uv|mise|docker|just|task|pytest
    |python3?|\./\S+) .+)
    """,
)
_RUN_TO = cue(
    r"""
    ^(?:you (?:have to|need to|must|should) |we |i |always |please |just )*(?:run|use
    |execute) (?P<how>`[^`]+`)(?: \w+){0,3} to (?P<goal>(?!see\b|check (?:if|that)\b|verify\b
    |confirm\b|find\b|.*\b(?:it|this|that|them|these|those)\W*$)[a-z]\S* \S.+)
    """,
)
_STEPS_HEAD = cue(
    r"""
    ^\s*(?:#+\s*)?\**(?:how to .{4,}|to (?:deploy|release|set ?up|install|publish|test|run|build|migrate
    |reproduce|roll ?back|add|create|upgrade|connect|debug|start|configure|onboard)\b.{0,80}
    |(?:required )?(?:setup|installation|deployment|release|rollback|migration|upgrade
    |manual)(?: steps| process| procedure| checklist| instructions)?(?: \([^)]*\))?|steps (?:to
    |for) .{4,})\s*\**\s*:\**\s*\**\s*$
    """,
)
_TRIES = cue(r"^to (?:test|verify|check|try|reproduce)\b")
_CODE = pattern(r"`[^`]+`")
_NO_COMMAND = pattern(r"`(?:-[^`]*|[^`\s]*\([^`]*\))`")
"""An option by itself, or a call: how code is written, and no command."""
_FUNCTION = pattern(r"`(?![^`]*\.(?:sh|ps1|bat|cmd|py|js|ts|rb|pl|exe)`)[^`\s/]*[a-z][A-Z][^`\s/]*`")
"""What may be a function's name: no path, and no name of a script."""
_RUNS = cue(
    r"""
    ^(?:to |in order to )?(?:run|test|build|lint|format|deploy|release|publish|install)\b.*
    \b(?:tests?|suites?|benchmarks?|linters?|images?|apps?|projects?|packages?|docs|site|everything)\b
    """
)
_STEP = pattern(r"^\s{0,3}\d{1,2}[.)]\s+(.{4,240})$")
_PART = pattern(r"^\s{2,}[-*•]\s+(.{2,160})$")
_ASKED_STEPS = cue(r"\b(?:next|implementation|here'?s what|changes|plan|either|this|that|these|those)\b")


def procedures(heard: Iterable[Said], turns: Sequence[Turn], ran: Sequence[Run]) -> Iterator[Candidate]:
    """Yield standing commands that worked, sentences that say how something is done, and numbered steps."""
    yield from _commands(ran)
    for one in heard:
        match = _TO_DO.match(one.text) or _RUN_TO.match(one.text)
        if match and (one.human or one.closes) and not _is_code(match["how"], match["goal"]):
            yield _procedure(
                one.text,
                (match["how"].strip().rstrip("."),),
                0.85 if one.human else 0.6,
                (one.message_id,),
                human=one.human,
            )
    yield from _steps(turns)


def _is_code(how: str, goal: str) -> bool:
    """Tell whether what is to be used for a goal is code, and no command."""
    return bool(_NO_COMMAND.match(how) or (_FUNCTION.match(how) and not _RUNS.match(goal)))


def _commands(ran: Sequence[Run]) -> Iterator[Candidate]:
    """Yield, for each purpose, the commands that succeeded more often than they failed, most proven first."""
    proofs: dict[tuple[str, str], list[Run]] = defaultdict(list)
    plainest: dict[tuple[str, str], str] = {}
    for run in ran:
        commands = links(run.command)
        for command in commands if run.ok or len(commands) == 1 else ():
            for_what = purpose(command)
            if for_what and run.ok is not None:
                same = (for_what, _quietly(command) if for_what in _CHECKS else command)
                proofs[same].append(run)
                if run.ok:
                    plainest[same] = min(plainest.get(same, command), command, key=len)
    counts: dict[str, int] = defaultdict(int)
    for same, tries in sorted(proofs.items(), key=lambda item: (-_good(item[1]), len(item[0][1]))):
        good, for_what = _good(tries), same[0]
        if good and good >= len(tries) - good and counts[for_what] < _MOST:
            counts[for_what] += 1
            yield _worked(for_what, plainest[same], [run for run in tries if run.ok])


def _quietly(command: str) -> str:
    """Give a check without what only changes how much it tells; in front of its runner, `-v` is something else."""
    at = runner(command)
    return command[:at] + _TOLD_MORE.sub("", command[at:])


def _good(tries: Sequence[Run]) -> int:
    return sum(run.ok is True for run in tries)


def _worked(for_what: str, command: str, good: Sequence[Run]) -> Candidate:
    return Candidate(
        type="procedural",
        title=f"{for_what.capitalize()}: {command}"[:100],
        content=f"To {for_what}: `{command}`",
        key=for_what,
        value=command,
        steps=(command,),
        tags=("command",),
        confidence=min(0.85, 0.55 + 0.1 * len(good)),
        author_kind="tool",
        message_ids=tuple(dict.fromkeys(i for run in good for i in run.message_ids))[:20],
    )


def _procedure(
    text: str, steps: tuple[str, ...], confidence: float, ids: tuple[UUID, ...], *, human: bool
) -> Candidate:
    return Candidate(
        type="procedural",
        title=title_of(text),
        content=text,
        steps=steps,
        tags=("how-to",),
        confidence=confidence,
        author_kind="human" if human else "assistant",
        message_ids=ids,
    )


def _steps(turns: Sequence[Turn]) -> Iterator[Candidate]:
    """Yield numbered lists under a heading that says what they are the steps of."""
    last = closing(turns)
    for turn in turns:
        human = is_human(turn)
        if not human and not (is_reply(turn) and turn.message_id in last):
            continue
        if is_machine_text(turn):
            continue
        for head, steps in _lists(without_code(without_elements(turn.content)).splitlines()):
            title = head.strip().strip("#*: ")
            if not human and _TRIES.match(title) and not any(map(_CODE.search, steps)):
                continue  # how to try what was just made: clicks that nobody repeats
            text = "\n".join([f"{title}:", *(f"{n}. {step}" for n, step in enumerate(steps, 1))])
            yield _procedure(text, steps, 0.8 if human else 0.6, (turn.message_id,), human=human)


def _lists(lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for at, line in enumerate(lines):
        if len(line) > 160 or not _STEPS_HEAD.match(line) or _ASKED_STEPS.search(line):
            continue
        steps = _numbered(lines[at + 1 : at + 40])
        if 2 <= len(steps) <= 12 and not any(step.endswith(":") or "?" in step for step in steps):
            yield line, tuple(steps)


def _numbered(lines: Sequence[str]) -> list[str]:
    """Give the steps that lines begin with; one that ends with a colon is told with the bullets below it."""
    steps: list[list[str]] = []
    for line in lines:
        step, part = _STEP.match(line), _PART.match(line)
        if step:
            steps.append([step[1].replace("**", "").strip()])
        elif part and steps and steps[-1][0].endswith(":"):
            steps[-1].append(part[1].replace("**", "").strip())
        elif line.strip() and not line.startswith((" ", "\t", "-")):
            break
    return [" ".join([first, "; ".join(parts)]).strip() for first, *parts in steps]
