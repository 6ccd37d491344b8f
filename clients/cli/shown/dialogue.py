"""What the commands print of sessions: a list of them, and one as a dialogue."""

from collections.abc import Iterable, Sequence

from clients.cli.shown import output
from contextfs.domain.sessions.model import Message, Session
from contextfs.domain.sessions.rules import is_left_behind

_SPOKEN = frozenset({"prompt", "reply"})
_LONGEST_LINE = 200


def listing(sessions: Sequence[Session]) -> None:
    """Print a table of sessions."""
    rows = [
        [
            output.short(one.id),
            output.minute(one.started_at),
            output.one_line(one.tool),
            f"{one.message_count:,}",
            output.one_line(f"{'' if one.status == 'completed' else '[open] '}{one.title or '(no title)'}"),
        ]
        for one in sessions
    ]
    output.table(["id", "began", "tool", "messages", "title"], rows)


def head(session: Session, *, project: str) -> None:
    """Print what is known of a session as a whole."""
    output.say(output.bold(output.one_line(session.title or "(no title)")))
    output.block(
        [
            ("id", str(session.id)),
            ("project", output.printable(project)),
            ("tool", output.printable(" ".join(part for part in (session.tool, session.model) if part))),
            ("status", session.status),
            ("visible to", "yourself" if session.visibility == "private" else session.visibility),
            ("time", f"{output.minute(session.started_at)} – {output.minute(session.ended_at)}"),
            ("messages", f"{session.message_count:,}"),
            ("tokens", _tokens(session)),
            ("branch", output.printable(session.git.branch or "")),
            ("folder", output.printable(session.git.cwd or "")),
            ("tags", " ".join(session.tags)),
            ("at its tool", output.printable(session.external_id or "")),
        ]
    )


def dialogue(messages: Iterable[Message], *, full: bool) -> None:
    """Print what was said; what tools were given and answered is cut to a line, unless all of it is wanted."""
    for message in messages:
        is_spoken = message.kind in _SPOKEN
        aside = "left behind" if is_left_behind(message) else message.kind
        kind = "" if is_spoken else f" ({aside})"
        output.say()
        output.say(output.bold(f"{output.minute(message.created_at)}  {message.role}{kind}"))
        if message.content:
            is_whole = full or is_spoken
            output.say(
                output.printable(message.content)
                if is_whole
                else output.dim(output.one_line(message.content, _LONGEST_LINE))
            )
        for call in message.tool_calls:
            given = str(call.input)
            shown = output.printable(given) if full else output.one_line(given, _LONGEST_LINE)
            output.say(output.dim(f"→ {output.one_line(call.name)} {shown}"))


def _tokens(session: Session) -> str:
    spent = session.input_tokens or session.output_tokens
    return f"{session.input_tokens:,} in, {session.output_tokens:,} out" if spent else ""
