"""What a question asks for, understood by rules: what it is about, when, what must be there, and filters typed in it.

`type:decision since:2026-01-01 "exact phrase" what broke in src/auth/login.py last week?`
"""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from contextfs.domain.search.dates import Span, spans
from contextfs.domain.search.names import Named, asked_without
from contextfs.domain.search.personal import is_personal
from contextfs.domain.search.tokens import are_small, ends_otherwise, query_terms
from contextfs.domain.search.wishes import asks_advice
from contextfs.kit.fields import Sensitivity, Visibility
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.kit.pattern import pattern

_QUOTED = pattern(r'"([^"\n]{2,200})"|\u201c([^\u201d\n]{2,200})\u201d', holds='"')
_OPERATOR = pattern(
    r"(?<!\S)(?P<name>type|tag|since|before|author|tool|branch|visibility|sensitivity):"
    r'(?:"(?P<quoted>[^"\n]+)"|(?P<bare>[^\s"]+))(?!\S)',
    re.IGNORECASE,
    holds=":",
)
_ADDRESS = pattern(r"(?:user:)?[^\s@]+@[^\s@]+")
_WORDS = {"visibility": get_args(Visibility), "sensitivity": get_args(Sensitivity)}
_AUTHOR = pattern(r"me|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IDENTIFIER = pattern(
    r"(?<![\w/.])(?:[\w-]+(?:[/\\.][\w-]+)+|\w*[a-z0-9][A-Z]\w*|\w+_\w+|[A-Z]{2,}[-_]?\d+\w*|0x[0-9a-fA-F]+)(?!\w)"
)

# Words of asking, which say nothing about what is asked for: an embedder would look for who else talks like that.
_WHOSE = r"(?:our|my|these|the|those|your)"
_OURS = r"(?:previous |past |earlier |different )?(?:conversations?|chats?|messages|discussions?|sessions?|questions)"
_ASKING = tuple(
    pattern(asking, re.IGNORECASE, holds=holds)
    for asking, holds in (
        (r"\b(?:please )?(?:mention|list|name|give|include|provide) (?:me )?only\b.*$", ("only",)),
        (r"\([^()]*\b(?:items?|in order)\b[^()]*\)", ("(",)),
        (
            (
                rf"\b(?:throughout|across|over|in|during|through|from|based on) (?:all )?(?:of )?{_WHOSE} {_OURS}\b"
                r"(?: about)?"
            ),
            ("conversation", "chat", "message", "discussion", "session", "question"),
        ),
        (r",? ?\bin (?:chronological )?order\b", ("order",)),
        (r"^(?:can|could|would|will) you (?:please )?(?:help me )?(?:to )?", (" you ",)),
        (r"^ ?(?:(?:tell|give|show) me|walk me through|remind me(?: of)?) ", (" me ",)),
        (
            r"^ ?(?:list|explain|describe|summari[sz]e) (?=(?:the|how|what|which|why|all|my|our|an?)\b)",
            ("list ", "explain ", "describe ", "summari"),
        ),
        (r"\bthe order in which (?:i|we|you) (?:brought up|mentioned|discussed|talked about|raised)\b", ("order in",)),
        (r"\bthe order of\b", ("order of",)),
        (
            (
                r"\b(?:different|various) (?:aspects|parts|areas|features|concepts|topics)"
                r"(?: of| related to| or concerns)?\b"
            ),
            ("different ", "various "),
        ),
        (
            r"\b(?:an? )?(?:clear|brief|comprehensive|concise|complete|detailed|short|full|quick)?,? ?summary of\b",
            ("summary of",),
        ),
        (
            (
                r"\b(?:did|have|had) (?:i|you|we) (?:say|said|mention(?:ed)?|tell|told|ask(?:ed)?|discuss(?:ed)?)"
                r"(?: that)?\b"
            ),
            ("did ", "have ", "had "),
        ),
        (r"\bwe(?:['\u2019]ve| have)? discussed(?: so far)?\b", ("discussed",)),
        (r"\bso far\b", ("so far",)),
    )
)
"""Each with what a text that it finds something in has one of."""
_WORD = pattern(r"\w{3,}")

_NO_WORDS = "lexical: there is no word in the query that could be looked for"
_SMALL_WORDS = "lexical: the query has small words alone, which say little of what is meant"
_AS_WRITTEN = "lexical: words in languages that are not set are found only exactly as typed"


if TYPE_CHECKING:
    from typing import Protocol

    class Given(Protocol):
        """The filters that were given with a question, beside its text."""

        @property
        def types(self) -> list[str] | None:
            """Of these types."""
            ...

        @property
        def tags(self) -> list[str] | None:
            """With all of these tags."""
            ...

        @property
        def tools(self) -> list[str] | None:
            """Said with one of these tools."""
            ...

        @property
        def branch(self) -> str | None:
            """On this branch."""
            ...

        @property
        def since(self) -> datetime | None:
            """From this moment on."""
            ...

        @property
        def until(self) -> datetime | None:
            """Before this moment."""
            ...

        @property
        def visibility(self) -> list[Visibility] | None:
            """Only what has one of these."""
            ...

        @property
        def sensitivity(self) -> list[Sensitivity] | None:
            """As sensitive as one of these."""
            ...


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed as operators; dates are days, authors are ids, `me` or addresses."""

    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    branch: str | None = None
    since: date | None = None
    before: date | None = None
    visibility: tuple[str, ...] = ()
    sensitivity: tuple[str, ...] = ()

    def beside(self, given: "Given") -> dict[str, Any]:
        """Give the filters that hold, by name: those that were given go before those that were typed; tags add up."""
        return {
            "types": given.types or list(self.types) or given.types,
            "tags": [*(given.tags or []), *self.tags] or None,
            "tools": given.tools or list(self.tools) or given.tools,
            "branch": given.branch or self.branch,
            "since": given.since or _midnight(self.since),
            "until": given.until or _midnight(self.before),
            "visibility": given.visibility or list(self.visibility) or None,
            "sensitivity": given.sensitivity or list(self.sensitivity) or None,
        }


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question as search works with it."""

    text: str
    """What was asked, without its operators; of nothing but operators, empty."""
    about: str
    """The same without words of asking: what an embedder should look for."""
    words: tuple[str, ...] = ()
    """Distinct terms of `text`: what the lexical leg should look for."""
    phrases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    when: tuple[Span, ...] = ()
    """The days that it names."""
    personal: bool = False
    """It is about what the one who asks said, has or wants."""
    advice: bool = False
    """It asks for help or advice, on which bears what its asker always wants."""
    people: frozenset[str] = frozenset()
    """Those who speak and are named in it."""
    filters: Filters = Filters()
    languages: Languages = ENGLISH
    """Languages in which words are known in all their forms, beside English."""

    @property
    def lists(self) -> bool:
        """Tell whether it asks for nothing but what its operators let pass: there is nothing to rank by."""
        return not self.text

    @property
    def lacks(self) -> list[str]:
        """Tell what the words' leg lacks to find by, as a reply says it; a name that was taken out of it is a word."""
        words = query_terms(self.text, self.languages)
        if self.lists or not are_small(words, self.languages):
            return []
        return [_SMALL_WORDS if words else _NO_WORDS]

    @property
    def as_written(self) -> list[str]:
        """Tell, where no word was found, that a word's other forms were not looked for, as a reply says it."""
        return [_AS_WRITTEN] if ends_otherwise(self.about, self.languages) else []

    def held_by(self, text: str) -> float | None:
        """Give the share of its phrases and identifiers that a text holds, whatever the case; None: it has none."""
        wanted = {*self.phrases, *self.identifiers}
        if not wanted:
            return None
        line = " ".join(text.split()).casefold()
        return sum(" ".join(one.split()).casefold() in line for one in wanted) / len(wanted)

    @property
    def sought(self) -> tuple[str, tuple[str, ...]]:
        """What the legs look for."""
        return self.about, self.words

    def without(self, named: Named) -> "Question":
        """Give the same question with the names of people taken out of what the legs look for.

        Where only small words would be left, they look for what they did before.
        """
        words = tuple(query_terms(asked_without(self.text, named), self.languages))
        if not named.people or are_small(words, self.languages):
            return msgspec.structs.replace(self, people=named.people)
        return msgspec.structs.replace(self, about=asked_without(self.about, named), words=words, people=named.people)


def understand(text: str, *, today: date, addresses: bool = False, languages: Languages = ENGLISH) -> Question:
    """Read a question. Total: any text has an answer; an operator with a value that cannot be is left in the text.

    `addresses`: authors may be e-mail addresses too, as where git tells who they are.
    """
    rest, filters = _operators(text, addresses=addresses)
    return Question(
        text=rest,
        about=topic(rest),
        words=tuple(query_terms(rest, languages)),
        phrases=tuple(" ".join((one or other).split()) for one, other in _QUOTED.findall(rest)),
        identifiers=tuple(dict.fromkeys(_IDENTIFIER.findall(rest))),
        when=tuple(spans(rest, today=today)),
        personal=is_personal(rest),
        advice=asks_advice(rest),
        filters=filters,
        languages=languages,
    )


def topic(text: str) -> str:
    """Take the words of asking out; what consists of nothing else stays as it is."""
    line = " ".join(text.split())
    rest = line
    for asking in _ASKING:
        rest = asking.sub(" ", rest)
    rest = " ".join(rest.split())
    return rest if _WORD.search(rest) else line


def _operators(text: str, *, addresses: bool) -> tuple[str, Filters]:
    found: dict[str, list[str]] = {}
    days: dict[str, date] = {}
    kept: list[str] = []
    end = 0
    for match in _OPERATOR.finditer(text):
        name, value = match["name"].lower(), match["quoted"] or match["bare"]
        if name in {"since", "before"}:
            day = _day(value)
            if day is None:
                continue
            days[name] = day
        elif not _can_be(name, value, addresses=addresses):
            continue
        else:
            found.setdefault(name, []).append(value)
        kept.append(text[end : match.start()])
        end = match.end()
    rest = "".join([*kept, text[end:]])
    filters = Filters(
        types=tuple(found.get("type", ())),
        tags=tuple(found.get("tag", ())),
        authors=tuple(value.lower() for value in found.get("author", ())),
        tools=tuple(found.get("tool", ())),
        branch=next(iter(found.get("branch", ())), None),
        since=days.get("since"),
        before=days.get("before"),
        visibility=tuple(value.lower() for value in found.get("visibility", ())),
        sensitivity=tuple(value.lower() for value in found.get("sensitivity", ())),
    )
    return rest.strip() if end else text, filters


def _can_be(name: str, value: str, *, addresses: bool) -> bool:
    """Tell whether an operator can have a value: an author is known by some, others have a list of words."""
    if name == "author":
        return bool(_AUTHOR.fullmatch(value) or (addresses and _ADDRESS.fullmatch(value)))
    return name not in _WORDS or value.lower() in _WORDS[name]


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _day(value: str) -> date | None:
    """Read a day, a month or a year as the day on which it begins."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", value, re.ASCII)
    if parts is None:
        return None
    year, month, day = (int(part) if part else 1 for part in parts.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC).date()
    except ValueError:
        return None
