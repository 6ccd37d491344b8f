"""What `ctx import` prints: what was stored, what was known, what was left out and why."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from clients.cli.shown import output
from clients.cli.taking.reading import Tally
from contextfs.adapters.transcripts.normalised import Normalised

_SHOWN_FILES = 10
_SHOWN_KINDS = 6


def summary(tally: Tally, project: str) -> None:
    """Print what an import did."""
    sessions = f"{tally.new:,} new, {tally.grown:,} grown, {tally.unchanged:,} unchanged"
    output.say(f"{output.counted(tally.sessions, 'session')} from {output.counted(tally.files, 'file')} into {project}")
    output.block(
        [
            ("sessions", sessions),
            ("messages", f"{tally.stored:,} stored, {tally.duplicates:,} known already"),
            (
                "read anew",
                f"{output.counted(tally.revised, 'message')}; what they said before is kept" if tally.revised else "",
            ),
            ("secrets", f"{tally.redacted:,} taken out before storing" if tally.redacted else ""),
        ]
    )
    _reasons(tally)


def rehearsal(tally: Tally) -> None:
    """Print what a dry run left out."""
    output.say(f"Nothing was stored. {output.counted(tally.files, 'file')} read.")
    _reasons(tally)


def _reasons(tally: Tally) -> None:
    """Print what was left out and what failed: nothing disappears without a word."""
    if tally.skipped_records:
        output.say(f"  {output.dim('left out')}  {_kinds(tally)}")
    for file, reason in tally.skipped_files[:_SHOWN_FILES]:
        output.say(f"  {output.dim('skipped')}   {output.printable(Path(file).name)}: {reason}")
    if len(tally.skipped_files) > _SHOWN_FILES:
        more = len(tally.skipped_files) - _SHOWN_FILES
        output.say(f"  {output.dim('skipped')}   and {more:,} more files (--json lists them)")
    for error, files in _alike(tally.failed):
        first = output.printable(files[0])
        where = "" if files[0] in error else f"{first}: "
        more = f" (and {output.counted(len(files) - 1, 'other file')} alike; --json lists them)" if files[1:] else ""
        output.note(f"ctx: {where}{output.one_line(error, 300)}{more}")


def _alike(failed: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Gather files that failed alike, but for their names, each kind with the error of its first file."""
    kinds: dict[str, tuple[str, list[str]]] = {}
    for file, error in failed:
        nameless = error.replace(file, "").replace(Path(file).name, "")
        kinds.setdefault(nameless, (error, []))[1].append(file)
    return list(kinds.values())


def _kinds(tally: Tally) -> str:
    """Sum up the records that are no messages, by the family of their kind."""
    families: Counter[str] = Counter()
    for kind, count in tally.skipped_records.items():
        families[kind.split(":", 1)[0]] += count
    named = [f"{count:,} {output.one_line(family)}" for family, count in families.most_common(_SHOWN_KINDS)]
    rest = families.total() - sum(count for _, count in families.most_common(_SHOWN_KINDS))
    more = [f"{rest:,} of other kinds"] if rest else []
    records = output.counted(families.total(), "record that is no message", "records that are no messages")
    return f"{records}: {', '.join(named + more)}"


def show(one: Normalised) -> None:
    """Print a conversation as it would be stored."""
    kinds = Counter(str(message.kind) for message in one.messages)
    said = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    spent = f"{one.fields['input_tokens']:,} in, {one.fields['output_tokens']:,} out"
    output.say(output.bold(output.one_line(one.fields["title"] or one.external_id)))
    output.block(
        [
            ("session", f"{one.tool} {output.printable(one.external_id)}"),
            ("time", f"{output.minute(one.fields['started_at'])} – {output.minute(one.ended_at)}"),
            ("messages", f"{len(one.messages):,}: {said}"),
            ("tokens", spent),
            ("branch", output.printable(one.fields["git"].branch or "")),
        ]
    )
