"""Entities in a text, by rules: what has a form of its own (paths, identifiers, errors, issues) and what is named.

Total and in one pass over the text for each rule, the surest form first: a stretch belongs to the first that takes it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from contextfs.domain.graph.aliases import key_of, with_parts
from contextfs.domain.graph.lexicon import AMBIGUOUS, COMMANDS, PLAIN, TOOLS
from contextfs.domain.graph.model import EntityKind, Mention
from contextfs.kit.pattern import pattern

LONGEST_TEXT = 20_000
"""Characters that are looked at: behind them a text says little that is new."""

_MOST = 60
_EXTENSIONS = (
    "py|pyi|ts|tsx|js|jsx|mjs|cjs|json|jsonl|toml|ya?ml|md|mdx|rst|txt|sql|sh|bash|zsh|go|rs|java|kt|swift|rb|php|c|h|cc"
    "|cpp|hpp|cs|css|scss|html|vue|svelte|lock|ini|cfg|conf|env|tf|proto|graphql|ipynb|csv|xml|svg|png|pdf|log|db"
)
_RULES: tuple[tuple[EntityKind, re.Pattern[str]], ...] = (
    ("issue", pattern(r"https?://[\w.-]+/([\w.-]+/[\w.-]+)/(?:-/)?(?:issues|pull|merge_requests)/(\d{1,7})\b")),
    ("host", pattern(r"\b(?:https?|wss?|ssh|postgres(?:ql)?|redis)://(?:[^\s/@]*@)?([\w.-]+(?::\d+)?)[^\s)>\]`'\"]*")),
    ("person", pattern(r"(?<![\w.@+-])([\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,})\b")),
    ("package", pattern(r"(?<![\w/@])(@[a-z0-9][\w.-]*/[a-z0-9][\w.-]*)(?![\w/])")),
    (
        "package",
        pattern(
            r"\b(?:pip|pip3|uv|npm|pnpm|yarn|cargo|poetry|gem|brew|apt|apt-get) (?:install|add|i|remove|uninstall)"
            r"(?: -{1,2}[\w-]+)* ([A-Za-z@][\w./@-]*\w)"
        ),
    ),
    ("package", pattern(r"(?<![\w.-])([A-Za-z][\w.-]*\w)(?=(?:\[[\w,-]+\])?(?:==|>=|<=|~=)\d)")),
    (
        "file",
        pattern(
            r"(?<![\w@:/.+-])((?:~/|\.{0,2}/)?(?:[\w@.+-]+[/\\])*[\w@+-][\w@.+-]*\.(?:" + _EXTENSIONS + r"))(?![\w/-])"
        ),
    ),
    ("file", pattern(r"(?<![\w@:/.+-])((?:~/|\.{1,2}/|/)?(?:[\w@.+-]+/){2,}[\w@+-]*|[\w@.+-]+/(?![\w/]))")),
    ("issue", pattern(r"(?<![\w/])([\w.-]+/[\w.-]+)?(?:#|\bGH-)(\d{1,7})\b(?![-\w])")),
    ("issue", pattern(r"\b(?i:issue|pull request|pr|ticket)()\s+(?:no\.? )?(\d{1,7})\b")),
    (
        "issue",
        pattern(
            r"(?<![\w-])((?!UTF|SHA|ISO|RFC|IEEE|HTTP|TLS|SSL|CVE|AES|MD|ES|HS|RS|PEP|GPT|COVID|UTC|GMT)[A-Z][A-Z0-9]{1,9}"
            r"-\d{1,6})(?![\w-])"
        ),
    ),
    (
        "error",
        pattern(
            r"\b([A-Z]\w*(?:Error|Exception|Warning)|ERR_[A-Z0-9_]+|E(?:CONN|ADDR|NO|PERM|ACCES|AGAIN|EXIST)[A-Z]*)\b"
        ),
    ),
    (
        "error",
        pattern(r"(?<![\w-])((?:TS|RUF|PLR|ORA-|SQLSTATE |CVE-\d{4}-|[EWFCSDN])\d{3,5}|0x[0-9a-fA-F]{4,16})(?![\w-])"),
    ),
    ("symbol", pattern(r"(?<![\w/.-])((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*\(\))")),
    ("symbol", pattern(r"(?<![\w/.-])(_{0,2}[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+_{0,2})(?![\w/])")),
    ("symbol", pattern(r"(?<![\w/.-])([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+|[a-z]{2,}[0-9]*(?:[A-Z][a-z0-9]*)+)(?![\w/])")),
    ("person", pattern(r"(?<![\w@./`])@([A-Za-z][\w-]{1,38})(?![\w/@])")),
)
_CODE = pattern(r"(?<!`)`([^`\n]{1,160})`(?!`)")
_WORD = pattern(r"[A-Za-z][\w.+-]*[\w+]|[A-Za-z]\w*")
_NAMED = pattern(
    r"(?<![\w`@#/.'\u2019-])((?:[A-Z\u00c0-\u00de][\w\u2019'-]*\w)"
    r"(?: (?:of |de |van |von )?[A-Z\u00c0-\u00de][\w\u2019'-]*\w){0,3})"
)
_BEGINS = pattern(r"(?:^|[.!?:;\n]|[-*] |\d\. )[\s\"'(*_>#-]*$")
_NOT = pattern(r"n['\u2019]t$")
_SHORTENED = pattern(r"['\u2019](?:m|d|s|ll|re|ve)$")
_IDENTIFIER = pattern(r"(?:[A-Za-z_$][\w$]*\.)*[A-Za-z_$][\w$]{2,}(?:\(\))?")


class Found(NamedTuple):
    """A mention with where it stands in the text."""

    mention: Mention
    start: int
    end: int


def entities(text: str, *, people: Iterable[str] = ()) -> list[Mention]:
    """Give the entities that a text names, in the order of their first mention, each once, with the parts of names.

    `people` are names that are known to be people's. At most 60 are given, and 20,000 characters read.
    """
    found: dict[str, Mention] = {}
    for one in located(text, people=people):
        known = found.get(one.mention.entity)
        if known is None or known.whole is not None:
            found[one.mention.entity] = one.mention
        for part in with_parts(one.mention):
            found.setdefault(part.entity, part)
    return list(found.values())[:_MOST]


def located(text: str, *, people: Iterable[str] = ()) -> list[Found]:
    """Give every mention that stands in a text, in its order; no two overlap."""
    text = text[:LONGEST_TEXT]
    taken = bytearray(len(text))
    known = frozenset(map(str.casefold, people))
    found = [*_code(text, taken), *_formed(text, taken), *_tools(text, taken), *_names(text, taken, known)]
    return sorted(found, key=lambda one: (one.start, one.end))


def _code(text: str, taken: bytearray) -> Iterator[Found]:
    """Give what stands between backticks, where that is one thing."""
    for match in _CODE.finditer(text):
        mention = _coded(match[1].strip().removeprefix("$ "))
        if mention is not None:
            start, end = match.span()
            taken[start:end] = b"\1" * (end - start)
            yield Found(mention, start, end)


def _formed(text: str, taken: bytearray) -> Iterator[Found]:
    """Give what has a form of its own."""
    for kind, rule in _RULES:
        for match in rule.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            mention = _mention(kind, _told(kind, match))
            if mention is not None:
                taken[start:end] = b"\1" * (end - start)
                yield Found(mention, start, end)


def _told(kind: EntityKind, match: re.Match[str]) -> str:
    """Give the name in a match: of an issue its repository, where it is said, and its number."""
    if kind == "issue" and match.re.groups > 1:
        return f"{match[1] or ''}#{match[2]}"
    return match[1]


def _mention(kind: EntityKind, name: str) -> Mention | None:
    if kind == "symbol" and name.casefold().removesuffix("()") in TOOLS:
        return _tool(name.removesuffix("()"))
    if kind == "package" and name.casefold() in TOOLS:
        return _tool(name)
    key = key_of(kind, name)
    return Mention(kind=kind, key=key, name=name[:200]) if key and key not in PLAIN else None


def _tool(name: str) -> Mention:
    return Mention(kind="tool", key=TOOLS[name.casefold()], name=name)


def _coded(code: str) -> Mention | None:
    """Read what stands between backticks: a command, a file, a tool, an identifier; None where it is something else."""
    first, _, rest = code.partition(" ")
    if rest:
        if first not in COMMANDS:
            return None
        words = [word for word in rest.split() if not word.startswith("-")][:1]
        name = " ".join([first, *words])
        return Mention(kind="command", key=key_of("command", name), name=name)
    for kind, rule in _RULES:
        if kind in {"file", "error", "symbol"} and (match := rule.fullmatch(first)):
            return _mention(kind, match[1])
    if first.casefold() in TOOLS:
        return _tool(first)
    if _IDENTIFIER.fullmatch(first) and first.casefold() not in PLAIN:
        return Mention(kind="symbol", key=key_of("symbol", first), name=first)
    return None


def _tools(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _WORD.finditer(text):
        start, end = match.span()
        name = match[0]
        if name.casefold() not in TOOLS or any(taken[start:end]):
            continue
        if name.casefold() in AMBIGUOUS and (name.islower() or _BEGINS.search(text, max(0, start - 12), start)):
            continue
        taken[start:end] = b"\1" * (end - start)
        yield Found(_tool(name), start, end)


def _names(text: str, taken: bytearray, people: frozenset[str]) -> Iterator[Found]:
    """Give proper names: capitalised words in a sentence; at its beginning, those that stand within one elsewhere."""
    matches = [match for match in _NAMED.finditer(text) if not any(taken[match.start(1) : match.end(1)])]
    begins_one = {match for match in matches if _BEGINS.search(text, max(0, match.start(1) - 12), match.start(1))}
    inside = {key_of("name", match[1]) for match in matches if match not in begins_one}
    for match in matches:
        name, start = _without_plain(match[1], match.start(1))
        key = key_of("name", name)
        if not key or key in PLAIN or (name.isupper() and len(name) > 1):
            continue
        is_known = key in people or key in inside or " " in name or "'" in name[-2:] or "\u2019" in name[-2:]
        if match not in begins_one or start > match.start(1) or is_known:
            yield Found(Mention(kind="name", key=key, name=_plain(name)), start, match.end(1))


def _without_plain(name: str, start: int) -> tuple[str, int]:
    """Leave out the words before a name that only begin a sentence: "When Ana", "The Redis"."""
    words = name.split(" ")
    while words and _is_plain(words[0]):
        start += len(words.pop(0)) + 1
    return " ".join(words), start


def _is_plain(word: str) -> bool:
    """Tell whether a word names nothing, with what it is drawn together with: "I'm", "Don't", "What's"."""
    return _NOT.search(word) is not None or _SHORTENED.sub("", word).casefold() in PLAIN


def _plain(name: str) -> str:
    for ending in ("'s", "\u2019s", "'", "\u2019"):
        name = name.removesuffix(ending)
    return name
