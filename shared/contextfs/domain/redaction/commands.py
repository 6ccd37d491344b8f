"""Secrets on command lines: `mysql -p…`, `docker login -p …`, `redis-cli -a …`, `htpasswd -b FILE NAME …`, `curl -u …`.

Where a program takes a password any word may be one; so it is asked first whether that program takes one there. The
same letters are something else to other programs: `mkdir -p`, `cp -p`, `docker run -p`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from contextfs.domain.redaction.addresses import each
from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.values import NOT_SECRET, is_given, is_placeholder
from contextfs.kit.pattern import pattern

_RANK = 3
_LONGEST = 1024
"""How far behind its name the options of a program are looked for."""
_BACK = 40
"""How far before the word `login` the program that it belongs to begins."""
_COMMAND = pattern(
    rb"(?s)(?:[^\r\n;|&\"'\\]++|&(?!&)|\\\r?\n|\\\\\\n|\\\"[^\"\\\r\n]*+\\\"|\\(?![nr])."
    rb"|(?:'[^']*+'|\"(?![,\]}\r\n])(?:[^\"\\]|\\.)*+\"|[\"'])(?![,\]}]))*+"
)
"""What is of a command: to the end of its line, or to the next command; a text of JSON has `\\n` for that end."""
_MARK = pattern(rb"-(?<=\s-)(?:[abefnrstv]{0,4}p|a[ \t]|-pass|u|-(?:proxy-)?user|[#fgiklnsv]{1,8}u|[a-z]{0,8}b)")
"""How an option that takes a password begins, in small letters; the dash comes first, since it is found fastest."""
_GIVEN = (
    rb"(?:\\\"(?P<escaped>(?![\s,:\]}])[^\"\\\r\n]{4,256})\\\""
    rb"|\"(?P<double>(?![\s,:\]}])(?:[^\"\\\r\n]|\\.){4,256}?)\""
    rb"|'(?P<single>(?:[^'\"\\\r\n]|\\.){4,256}?)'"
    rb"|(?!--[a-z])(?P<bare>(?:[^\s\"'`\\;|&<>()]|\\u[0-9a-f]{4}|\\[^\s\"'`nrt]){4,256}+))"
)
_ENDS = b",.:"
_BEGINS = rb"(?:(?<![\w./@:=-])|(?<=bin/)|(?<=\s\./)|(?<=\A\./)|(?<=\\[nrt]))"
_PORTS = pattern(
    rb"(?:[\d.]{7,15}:)?\d{1,5}(?:-\d{1,5})?(?::\d{1,5}(?:-\d{1,5})?)?(?:/(?:tcp|udp))?|\d{1,5}(?:[,-]\d{1,5}){1,64}"
    rb"|[\w.-]{1,64}:/[\w./-]*"
)
_OTHER = pattern(
    rb"(?i)rint[0f]?|rune|(?:option|flag|switch|argument|parameter)s?|(?:which|that|this|then|when|with|without|instead"
    rb"|because|does|will|takes|expects|requires|means|from|there|here)"
    rb"|thread|edantic|arallel(?:ism)?(?:=\d{1,5})?|revious|rogress|ermit|artial|retty(?:=\w{1,16})?|reset|rofile:\w"
    rb"|reserve(?:-\w{1,16}|=\w{1,16})?|erl-regexp|osix|refix|kgdir|atch|ostgres(?:ql)?|ymysql|sycopg\d?"
)
"""What other programs are told where `mysql` is their argument (`-print`, `-pthread`), and how prose goes on there."""


def _is_given(value: bytes) -> bool:
    return is_given(value) and not (_PORTS.fullmatch(value) or _OTHER.fullmatch(value))


def _is_of_curl(value: bytes) -> bool:
    return not is_placeholder(value) and value.lower() not in NOT_SECRET


class _Program(NamedTuple):
    """A program: a word by which it is found, how it is called, and where it takes a password."""

    anchor: bytes
    name: re.Pattern[bytes]
    option: re.Pattern[bytes]
    before: re.Pattern[bytes] | None = None
    kind: str = "password"
    is_good: Callable[[bytes], bool] = _is_given


_GLUED: Final = pattern(rb"(?<=\s)(?:-(?:[ABEN][ABENefnrstv]{0,3})?p|--password=)" + _GIVEN)
_EITHER: Final = pattern(rb"(?<=\s)(?:-p(?:=|[ \t]{0,4})|--password(?:[ \t]{1,4}|=))" + _GIVEN)
_SSHPASS: Final = pattern(
    rb"sshpass(?:[ \t]{1,4}-(?:[ehvV]{1,4}|[fdP][ \t]{0,4}[^\s-]\S{0,127})(?=[ \t])){0,4}[ \t]{1,4}-v?p[ \t]{0,4}"
    + _GIVEN
)
_AUTH: Final = pattern(rb"(?<=\s)(?:-a|--pass)[ \t]{1,4}" + _GIVEN)
_PLAIN = rb"(?:[^\s\"]|\"(?![,:\]}])){1,256}+"
_BATCH: Final = pattern(
    rb"htpasswd(?:[ \t]{1,4}[a-z][\w./-]{0,127}:[\w.-]{1,64})?(?=[^\r\n]{0,40}?[ \t]-[A-Za-z]{0,8}b)"
    rb"(?P<shown>(?=[^\r\n]{0,40}?[ \t]-[A-Za-z]{0,8}n))?+"
    rb"(?:[ \t]{1,4}-[A-Za-z]{1,8}(?:[ \t]{1,4}\d{1,2}(?=[ \t]))?){1,4}+(?(shown)|[ \t]{1,4}(?!-)"
    + _PLAIN
    + rb")[ \t]{1,4}(?!-)"
    + _PLAIN
    + rb"[ \t]{1,4}"
    + _GIVEN
)
_CURL: Final = pattern(
    rb"(?<=\s)(?:-[uU][ \t]{0,4}|-[#fgGiIkLnNsSv]{1,8}[uU](?:[ \t]{1,4}|(?=[\"']))|--(?:proxy-)?user(?:[ \t]{1,4}|=))"
    rb"[\"']?[^\s:\"'$<]{0,64}[\"']?:[\"']?(?P<value>(?!//)(?:[^\s\"'`\\]|\\u[0-9a-f]{4}|\\[^\s\"'`]){4,256}+)"
)
_MONGO: Final = pattern(
    rb"(?s)mongo(?=.{0,256}?\s(?:-u|--username)).{0,512}?\s(?:-p(?:=|[ \t]{0,4})|--password(?:[ \t]{1,4}|=))" + _GIVEN
)
_LOGINS: Final = pattern(
    _BEGINS
    + rb"(?:docker(?:\.exe)?|podman|nerdctl|buildah|skopeo|oras|helm[ ]registry|crane[ ]auth|az(?:[ ]acr)?|oc|cf)"
    + rb"[ \t]{1,4}\Z"
)
_WORD = rb"(?:,\s{0,40}[\"'][^\"'\r\n]{0,128}[\"']){0,12}?,\s{0,40}[\"']"
_LISTED: Final = (
    (
        b"mysql",
        pattern(
            rb"(?:(?<=[\"'])|(?<=bin/))mysql[a-z_]{0,16}[\"']"
            + _WORD
            + rb"(?:-p|--password=)(?P<value>[^\"'\s\\]{4,256})[\"']"
        ),
    ),
    (
        b"login",
        pattern(
            rb"(?<=[\"'])login[\"']" + _WORD + rb"(?:-p|--password)[\"'],\s{0,40}[\"'](?P<value>[^\"'\s\\]{4,256})[\"']"
        ),
    ),
)
"""The same in a list of words, as programs call others: `["mysql", "-uroot", "-p…"]`."""
_CALLER: Final = pattern(
    rb"[\"'](?:docker|podman|nerdctl|buildah|skopeo|oras|registry|auth|az|acr|oc|cf)[\"'],\s{0,8}[\"']\Z"
)
_QUOTED_OPTIONS = (b'"-p', b"'-p", b'"--pass', b"'--pass")
_PROGRAMS: Final = (
    _Program(b"mysql", pattern(_BEGINS + rb"mysql[a-z_]{0,16}(?:\.exe)?\s"), _GLUED),
    _Program(b"mariadb", pattern(_BEGINS + rb"mariadb(?:-[a-z]{1,12})?(?:\.exe)?\s"), _GLUED),
    _Program(b"mongo", pattern(_BEGINS + rb"mongo[a-z]{0,8}\s"), _MONGO),
    _Program(b"sshpass", pattern(_BEGINS + rb"sshpass\s"), _SSHPASS),
    _Program(b"redis-cli", pattern(_BEGINS + rb"redis-cli\s"), _AUTH),
    _Program(b"valkey-cli", pattern(_BEGINS + rb"valkey-cli\s"), _AUTH),
    _Program(b"login", pattern(rb"login\s"), _EITHER, before=_LOGINS),
    _Program(b"htpasswd", pattern(_BEGINS + rb"htpasswd\s"), _BATCH),
    _Program(b"curl", pattern(rb"curl"), _CURL, kind="basic-auth", is_good=_is_of_curl),
)


def commands(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find what programs are given as a password among their own words, each up to the end of its command."""
    if b"-" not in lowered:  # no option: most texts are short, and looked at one by one
        return
    for begin, end in _near_options(lowered):
        for program in _PROGRAMS:
            if lowered.find(program.anchor, begin, end) >= 0:
                yield from _given_to(program, data, lowered, begin, end)
    if any(one in data for one in _QUOTED_OPTIONS):
        for anchor, shape in _LISTED:
            yield from each(data, lowered, anchor, shape, "password", _is_in_list)


def _is_in_list(match: re.Match[bytes]) -> bool:
    is_login = match[0].startswith(b"login")
    before = match.string[max(0, match.start() - _BACK) : match.start()]
    return _is_given(match["value"]) and not (is_login and _CALLER.search(before) is None)


def _near_options(lowered: bytes) -> Iterator[tuple[int, int]]:
    """Give the stretches in which a program's name may stand before such an option, and the one that follows it."""
    begin = end = 0
    for mark in _MARK.finditer(lowered):
        at = mark.start()
        if at - _LONGEST > end:
            if end:
                yield begin, end
            begin = at - _LONGEST
        end = at + _LONGEST + _BACK
    if end:
        yield begin, end


def _given_to(program: _Program, data: bytes, lowered: bytes, begin: int, end: int) -> Iterator[Span]:
    starts = list(_calls(program, data, lowered, begin, end))
    for at, behind in zip(starts, [*starts[1:], len(data)], strict=False):
        command = _COMMAND.match(data, at, min(behind, at + _LONGEST))
        for match in program.option.finditer(data, at, command.end() if command else at):
            start, value = _value(match)
            if program.is_good(value):
                yield Span(start, start + len(value), program.kind, _RANK)


def _value(match: re.Match[bytes]) -> tuple[int, bytes]:
    """Give where the value begins, and itself; without quotes what ends a sentence is none of it."""
    form = match.lastgroup or 0
    return match.start(form), match[form].rstrip(_ENDS) if form == "bare" else match[form]


def _calls(program: _Program, data: bytes, lowered: bytes, begin: int, end: int) -> Iterator[int]:
    """Tell where a program is called; its name within another word calls nothing."""
    at = lowered.find(program.anchor, begin, end)
    while at >= 0:
        before = program.before is None or program.before.search(data, max(0, at - _BACK), at)
        if before and program.name.match(data, at):
            yield at
        at = lowered.find(program.anchor, at + len(program.anchor), end)
