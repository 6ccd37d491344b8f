"""Names of the same thing: spellings have one key, and a part of a name stands for the whole where it fits only one.

Which part fits is not decided when a text is read: another text may bring a second whole. So a mention of a whole
counts as one of its parts too, and says so; whoever reads decides by all that they see (`standing_for`). The order in
which texts came is irrelevant, and taking one away is enough to undo it.
"""

from collections.abc import Collection, Iterator

from contextfs.domain.graph.model import LONGEST_KEY, EntityKind, Mention

_SHORTEST_PART = 3
_PARTED = {"file": "/", "name": " "}


def key_of(kind: EntityKind, name: str) -> str:
    """Give what is equal for every spelling of a name: case, a possessive, `./`, the marks in a package's name."""
    key = " ".join(name.replace("\u2019", "'").casefold().split())
    for ending in ("'s", "'"):
        key = key.removesuffix(ending)
    if kind == "file":
        key = key.replace("\\", "/").removeprefix("./").rstrip("/")
    elif kind == "symbol":
        key = key.removesuffix("()")
    elif kind == "package":
        key = key.replace("_", "-").replace(".", "-")
    elif kind == "person":
        key = key.removeprefix("@")
    return key[:LONGEST_KEY]


def with_parts(mention: Mention) -> Iterator[Mention]:
    """Give a mention, and those of the names that it may be called by in short.

    These are the ends of a path, the words of a name, the number of an issue.
    """
    yield mention
    if mention.kind == "issue" and "/" in mention.key:
        number = mention.key[mention.key.rindex("#") :]
        yield Mention(kind="issue", key=number, name=number, whole=mention.key, weight=mention.weight)
    separator = _PARTED.get(mention.kind)
    if separator is None or separator not in mention.key:
        return
    words, spelled = mention.key.split(separator), mention.name.replace("\\", "/").split(separator)
    starts = range(1, len(words)) if mention.kind == "file" else range(len(words))
    for start in starts:
        end = len(words) if mention.kind == "file" else start + 1
        part = separator.join(words[start:end])
        name = separator.join(spelled[start - len(words) :][: end - start])
        if len(part) >= _SHORTEST_PART:
            yield Mention(kind=mention.kind, key=part, name=name or part, whole=mention.key, weight=mention.weight)


def standing_for(key: str, wholes: Collection[str]) -> str | None:
    """Give the one name that a part stands for: the longest, if all others are parts of it; None: it fits several."""
    if not wholes:
        return key
    longest = max(wholes, key=lambda whole: (len(whole), whole))
    return longest if all(_is_part(one, longest) for one in wholes) else None


def _is_part(part: str, whole: str) -> bool:
    ends = whole.endswith(f"/{part}") or (part.startswith("#") and whole.endswith(part))
    return part == whole or ends or f" {part} " in f" {whole} "
