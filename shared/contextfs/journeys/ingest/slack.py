"""Slack: events of its Events API as they come, and the files of an export, which hold the same messages.

https://api.slack.com/apis/events-api and https://slack.com/help/articles/220556107. A thread is a conversation, and so
is what is said in a channel on one day (in UTC) outside of threads. A file of an export does not name its channel:
`?conversation=C024BE91L` does, or an object `{"channel": …, "messages": […]}` around it.
"""

from datetime import datetime
from html import unescape
from typing import Any

from contextfs.journeys.ingest.heard import Heard
from contextfs.journeys.ingest.said import id_of, inside, line_of, listed, moment_of
from contextfs.kit.errors import Invalid

_KEPT = {None, "bot_message", "thread_broadcast", "me_message", "file_share"}
"""Kinds of messages in which somebody says something; the others tell of joins, topics and the like."""


def challenge_of(payload: Any) -> str | None:
    """Give what Slack wants to hear back when an address is first told to it."""
    return line_of(inside(payload, "challenge"), 1000) if inside(payload, "type") == "url_verification" else None


def read(payload: Any, heard: Heard, conversation: str | None) -> None:
    """Read an event, or a file of an export."""
    event = inside(payload, "event")
    if isinstance(event, dict):
        _take(heard, "$.event", event, id_of(inside(event, "channel")))
        return
    messages = listed(payload) or listed(inside(payload, "messages"))
    channel = conversation or id_of(inside(payload, "channel"))
    if not messages:
        heard.refuse("$", "This is neither an event nor a list of messages: nothing of it is kept.")
    elif channel is None:
        raise Invalid("An export's file does not name its channel: add ?conversation=… to the address.", where="query")
    else:
        for place, message in enumerate(messages):
            _take(heard, f"$[{place}]", message, channel)


def _take(heard: Heard, where: str, event: Any, channel: str | None) -> None:
    """Keep one message; a changed one is a further message that names the one it changes."""
    changed = inside(event, "subtype") == "message_changed"
    said = inside(event, "message") if changed else event
    stamp = id_of(inside(said, "ts"))
    at = moment_of(stamp)
    if inside(said, "type") not in {"message", "app_mention"} or inside(said, "subtype") not in _KEPT:
        heard.refuse(where, "Nobody says anything in this one: it is not kept.")
    elif channel is None or stamp is None or at is None:
        heard.refuse(where, "A message of Slack has a channel and a `ts`.")
    elif not (text := unescape(line_of(inside(said, "text"), 2_000_000) or "").strip()):
        heard.refuse(where, "The message has no text.")
    else:
        edited = id_of(inside(said, "edited", "ts")) if changed else None
        told = {
            "role": "assistant" if inside(said, "bot_id") or inside(said, "subtype") == "bot_message" else "user",
            "content": text,
            "external_id": f"{stamp}@{edited}" if edited else stamp,
            "created_at": moment_of(edited) or at,
            "metadata": _known(said, channel) | ({"edits": stamp} if edited else {}),
        }
        heard.add(_conversation(said, channel, stamp, at), heard.message(where, told), metadata={"channel": channel})


def _conversation(said: Any, channel: str, stamp: str, at: datetime) -> str:
    thread = id_of(inside(said, "thread_ts"))
    return f"{channel}:{thread}" if thread is not None and thread != stamp else f"{channel}:{at:%Y-%m-%d}"


def _known(said: Any, channel: str) -> dict[str, Any]:
    speakers = (
        inside(said, "user_profile", "display_name"),
        inside(said, "user_profile", "real_name"),
        inside(said, "username"),
        inside(said, "user"),
        inside(said, "bot_id"),
    )
    speaker = next((name for one in speakers if (name := line_of(one))), None)
    thread = line_of(inside(said, "thread_ts"))
    return {
        name: value
        for name, value in (("speaker", speaker), ("channel", channel), ("thread", thread))
        if value is not None
    }
