"""GitHub: issues, pull requests and discussions with their comments and reviews, as its webhooks tell them.

https://docs.github.com/en/webhooks/webhook-events-and-payloads. A conversation is `owner/name#number`; it ends when it
is closed. Messages do not change: an edited comment is a further message that names the one it edits.
"""

from typing import Any

from contextfs.domain.sessions.model import Git
from contextfs.journeys.ingest.heard import Heard
from contextfs.journeys.ingest.said import id_of, inside, line_of, moment_of, text_of

_SUBJECTS = ("pull_request", "issue", "discussion")
_PARTS = ("comment", "review")
_PLACES = ("path", "line", "side", "commit_id", "diff_hunk")
_LONGEST_PLACE = 4000


def read(payload: Any, heard: Heard) -> None:
    """Read one delivery."""
    kind = next((name for name in _SUBJECTS if isinstance(inside(payload, name), dict)), None)
    repository, number = inside(payload, "repository", "full_name"), inside(payload, kind or "", "number")
    if kind is None or not isinstance(repository, str) or id_of(number) is None:
        heard.refuse("$", "This delivery is about no issue, pull request or discussion: nothing of it is kept.")
        return
    action, subject = inside(payload, "action"), payload[kind]
    part = next((name for name in _PARTS if isinstance(inside(payload, name), dict)), None)
    if action == "deleted":
        heard.refuse("$", "Something was deleted there: what was kept of it stays, delete the session to forget it.")
        return
    messages = _message(heard, kind, subject, edited=action == "edited" and part is None)
    if part is not None:
        messages += _message(heard, part, payload[part], edited=action == "edited")
    heard.add(
        f"{repository}#{number}",
        messages,
        title=line_of(inside(subject, "title"), 500),
        git=_git(payload, subject),
        metadata={"url": url} if (url := line_of(inside(subject, "html_url"), 1000)) else {},
        ended=action == "closed" and part is None,
    )


def _message(heard: Heard, kind: str, said: Any, *, edited: bool) -> list[Any]:
    """Make a message of a body; of a review that says nothing, its verdict."""
    name, changed = f"{kind}:{id_of(inside(said, 'id'))}", inside(said, "updated_at")
    state = inside(said, "state")
    content = text_of(inside(said, "body")) or (f"Review: {state}." if kind == "review" else "")
    at = moment_of(inside(said, "created_at")) or moment_of(inside(said, "submitted_at"))
    known = {
        "speaker": line_of(inside(said, "user", "login")),
        "url": line_of(inside(said, "html_url"), 1000),
        "review": state if kind == "review" else None,
        "edits": name if edited else None,
    }
    place = {field: value for field in _PLACES if (value := _plain(inside(said, field))) is not None}
    told = {
        "role": "assistant" if inside(said, "user", "type") == "Bot" else "user",
        "content": content,
        "external_id": f"{name}@{changed}" if edited else name,
        "created_at": (moment_of(changed) or at) if edited else at,
        "metadata": {field: value for field, value in known.items() if value is not None} | place,
    }
    return heard.message(f"$.{kind}", told) if content.strip() else []


def _plain(value: Any) -> str | int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return line_of(value, _LONGEST_PLACE)


def _git(payload: Any, subject: Any) -> Git:
    """Say where in git it is about: a pull request has a branch and a commit."""
    return Git(
        remote=line_of(inside(payload, "repository", "clone_url"), 1000),
        branch=line_of(inside(subject, "head", "ref"), 1000),
        commit=line_of(inside(subject, "head", "sha"), 1000),
    )
