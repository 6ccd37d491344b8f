"""Where settings stand in a TOML text, and changes of single lines: all else stays as a person wrote it.

It does not read values; `tomllib` does, before and after.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from contextfs.kit.pattern import pattern

_TABLE: Final = pattern(r"^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_SETTING: Final = pattern(r"""^\s*((?:[\w.-]|"[^"]*"|'[^']*')+)\s*=""")
_LISTED: Final = pattern(r"([\w.]+)\[([0-9]+)\]")
_PLAIN: Final = pattern(r"[\"'\s]")


class Line(msgspec.Struct, frozen=True):
    """A line that names something: a setting with its table (`share.rules`), or a table (`share`)."""

    number: int
    name: str
    is_table: bool


def lines(text: str) -> Iterator[Line]:
    """Give the lines that name tables and settings, counted from 1."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _TABLE.match(line):
            table = _PLAIN.sub("", found[1])
            yield Line(number, table, is_table=True)
        elif found := _SETTING.match(line):
            name = _PLAIN.sub("", found[1])
            yield Line(number, f"{table}.{name}" if table else name, is_table=False)


def line_of(text: str, name: str) -> int | None:
    """Find the line of a setting (`share.rules[0].tool`), or of the nearest thing around it."""
    known = {one.name: one.number for one in reversed(_near(text, name))}
    name = re.sub(r"\[[^\]]*\]", "", name)
    while name:
        if name in known:
            return known[name]
        name = name.rpartition(".")[0]
    return None


def _near(text: str, name: str) -> list[Line]:
    """Give the lines that a name may stand in: of `share.rules[1].tool` those of the second table of such a list."""
    found = list(lines(text))
    if listed := _LISTED.match(name):
        heads = [place for place, one in enumerate(found) if one.is_table and one.name == listed[1]]
        place = int(listed[2])
        if place < len(heads):
            return found[heads[place] : (*heads, None)[place + 1]]
    return found


def with_setting(text: str, table: str, name: str, value: str) -> str:
    """Give the text with a setting of a table at a value (as TOML); a comment behind it stays."""
    number = line_of(text, f"{table}.{name}")
    found = next((one for one in lines(text) if one.number == number and not one.is_table), None)
    kept = text.splitlines(keepends=True)
    if found is not None:
        old = kept[found.number - 1]
        kept[found.number - 1] = f"{old[: old.index('=') + 1]} {value}{_comment(old)}{_end(old)}"
        return "".join(kept)
    head = next((one.number for one in lines(text) if one.is_table and one.name == table), None)
    if head is not None:
        kept.insert(head, f"{name} = {value}{_end(kept[head - 1]) or chr(10)}")
        kept[head - 1] += "" if _end(kept[head - 1]) else "\n"
        return "".join(kept)
    between = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{between}[{table}]\n{name} = {value}\n"


def without_setting(text: str, table: str, name: str) -> str:
    """Give the text without a setting; its table goes, too, when nothing else is in it."""
    number = line_of(text, f"{table}.{name}")
    found = [one for one in lines(text) if one.number == number and not one.is_table]
    if not found:
        return text
    kept = text.splitlines(keepends=True)
    del kept[found[0].number - 1]
    return _without_empty(kept, table)


def _without_empty(kept: list[str], table: str) -> str:
    """Take the head of a table away, and the blank line before it, unless something stands in it."""
    text = "".join(kept)
    head = next((one.number - 1 for one in lines(text) if one.is_table and one.name == table), None)
    if head is None:
        return text
    following = next((n for n in range(head + 1, len(kept)) if kept[n].strip()), len(kept))
    if following < len(kept) and not kept[following].lstrip().startswith("["):
        return text
    first = head - 1 if head and not kept[head - 1].strip() else head
    last = following if following < len(kept) and first == head else head + 1
    return "".join(kept[:first] + kept[last:])


def _comment(line: str) -> str:
    """Give the comment behind a value, with the space before it; a sharp inside of quotes begins none."""
    found = re.fullmatch(r"""[^=]*=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'#]*?)(\s*#.*)?\s*""", line.rstrip("\r\n"))
    return (found[1] or "") if found else ""


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
