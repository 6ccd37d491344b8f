"""Secrets in files that are known by the form of their lines: `.pgpass`, `.netrc`, `.my.cnf`, `.pypirc`, `htpasswd`.

Such a line says by itself what is the password in it, so that one may be any word. Other files say so by a name, an
address or a token's own shape.
"""

import re
from collections.abc import Iterator

from contextfs.domain.redaction.addresses import each, is_of_account
from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.values import is_file, is_given, is_password
from contextfs.kit.pattern import pattern

_RANK = 3
_NEAR = 256
_PORT = pattern(rb":(?:\d{4,5}|\*):")
_PGPASS = pattern(
    rb"(?m)^[ \t]*(?P<host>[\w.-]{1,128}|\*):(?P<port>\d{4,5}|\*):(?:[A-Za-z_][\w-]{0,62}|\*)"
    rb":(?P<user>[A-Za-z_][\w.-]{0,62}|\*):(?P<value>(?:[^\s:\"'`\\]|\\[:\\]){4,256})[ \t]*(?=[\r\n]|\Z)"
)
_USUAL_PORT = b"5432"
_FOUND = pattern(
    rb"(?i)(?:[\w.-]*\.(?:log|conf|cfg|ini|xml|csv|tsv|properties|c|cc|cpp|h|hpp|cs|kt|swift|php|scala|lock)|(?:make|docker)file)"
    rb":\d+:.*|[^:]*:\d+:(?:error|warn(?:ing)?|info|debug|trace|fatal|critical|notice|[a-z]:[a-z]):.*"
)
"""What a search found in a file that is no program's text, a line of a log, and a place in a genome."""
_NETRC = pattern(
    rb"machine[ \t]{1,16}\S{1,253}(?=(?:\s{1,16}(?:account|password)\s{1,16}\S{1,256}){0,2}\s{1,16}login\s)"
    rb"(?:\s{1,16}(?:login|account)\s{1,16}\S{1,128}){0,2}"
    rb"\s{1,16}password\s{1,16}(?P<value>[^\s\"'`\\]{4,256})"
)
_SECTION = pattern(
    rb"(?i)\[(?:client|mysql|mariadb|pypi)[\w-]{0,24}\][ \t]*\r?\n(?:(?!\[)[^\r\n]{0,200}\r?\n){0,20}?"
    rb"[ \t]*password[ \t]*=[ \t]*(?P<open>[\"']?)(?P<value>[^\s\"'`\\]{4,256})(?P=open)[ \t]*"
    rb"(?:(?<=[ \t])#[^\r\n]{0,200})?(?=[\r\n]|\Z)"
)
_HEAD = pattern(rb"\[(?:client|mysql|mariadb|pypi)")
_HASH = pattern(
    rb":(?P<value>\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"
    rb"|\$[156]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22,86}|\{SHA\}[A-Za-z0-9+/]{27}=)(?![./A-Za-z0-9])"
)


def files(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find the passwords of such lines, and hashes of passwords behind the name of who has them."""
    if b":" in data:
        yield from _pgpass(data)
        for match in _HASH.finditer(data):
            yield Span(match.start("value"), match.end("value"), "password-hash", _RANK)
    if b"password" in lowered:
        yield from each(data, lowered, b"machine", _NETRC, "password", _is_of_line)
        yield from _sections(data, lowered)


def _sections(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find passwords in sections of `.my.cnf` and `.pypirc`; the bracket is looked for once for all their names."""
    read: dict[bytes, int] = {}
    for head in _HEAD.finditer(lowered):
        if head.start() >= read.get(head[0], 0):
            match = _SECTION.match(data, head.start())
            read[head[0]] = match.end() if match else head.end()
            if match and _is_one(match):
                yield Span(match.start("value"), match.end("value"), "password", _RANK)


def _pgpass(data: bytes) -> Iterator[Span]:
    """Find passwords in lines of `.pgpass`: host, port, database, user, password."""
    end = 0
    for port in _PORT.finditer(data):
        least = max(0, port.start() - _NEAR)
        match = _PGPASS.match(data, data.rfind(b"\n", least, port.start()) + 1 or least)
        if match and match.start() >= end and _is_of_pgpass(match):
            end = match.end()
            yield Span(match.start("value"), match.end("value"), "password", _RANK)


def _is_of_pgpass(match: re.Match[bytes]) -> bool:
    """Spare lines of other things that have a number in their second place: where a search found something, mostly."""
    if not is_of_account(match):
        return False
    is_usual = match["port"] == _USUAL_PORT
    is_found = is_file(match["host"]) or _FOUND.fullmatch(match[0].strip())
    return is_usual or (not is_found and is_password(match["value"], quoted=False, tight=False))


def _is_of_line(match: re.Match[bytes]) -> bool:
    before = match.string[max(0, match.start() - _NEAR) : match.start()]
    return before.rstrip(b" \t")[-1:] in {b"", b"\n", b"\r"} and _is_one(match)


def _is_one(match: re.Match[bytes]) -> bool:
    return is_given(match["value"])
