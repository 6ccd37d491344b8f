"""Secrets that show themselves by their shape: a vendor's prefix, then a run of random characters.

Nearly all of them are runs of twenty and more letters, digits, `_`, `-` and `.`; such runs are found first, by two
passes at memory speed, and only they are compared with the table of shapes. That is what makes this linear and fast.
"""

import re
from collections.abc import Iterator

from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.values import entropy, is_placeholder
from contextfs.kit.pattern import pattern
from contextfs.kit.token_kinds import KINDS

_RANK = 2
_SHORTEST = 20
_RUN_CHARS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
_RUN_MAP = bytes(97 if c in _RUN_CHARS else 32 for c in range(256))
_NEEDLE = b"a" * _SHORTEST
_ID_CHARS = b"0123456789abcdef-"
"""No prefix is made of the characters of a UUID or a hash alone: a run of nothing else is no token."""

# A row is a kind, the prefixes that announce it, and what follows. Repeats are bounded, and nothing can match in two
# ways, so each attempt costs at most its bound.
_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("contextfs-key", "ctxk_", r"[A-Za-z0-9_-]{16,512}"),
    ("contextfs-invitation", "ctxi_", r"[A-Za-z0-9_-]{16,512}"),
    *((f"contextfs-{kind}", f"{prefix}_", r"[0-9A-Za-z]{43}_[0-9A-Za-z]{8,64}") for prefix, kind in KINDS.items()),
    ("aws-access-key-id", "AKIA ASIA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("google-api-key", "AIza", r"[A-Za-z0-9_-]{30,60}"),
    ("google-oauth-secret", "GOCSPX-", r"[A-Za-z0-9_-]{20,60}"),
    ("google-access-token", "ya29.", r"[A-Za-z0-9_.-]{20,512}"),
    ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{20,255}"),
    ("github-token", "github_pat_", r"[A-Za-z0-9_]{22,255}"),
    ("gitlab-token", "glpat- gldt- glrt- glcbt- glptt- glft- glimt- gloas- glsoat-", r"[A-Za-z0-9_.-]{20,255}"),
    ("slack-token", "xoxb- xoxc- xoxe- xoxo- xoxp- xoxs- xapp-", r"[0-9][A-Za-z0-9-]{9,255}"),
    ("slack-token", "xoxa- xoxr- xoxe.", r"[A-Za-z0-9-]{10,255}"),
    ("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_", r"[A-Za-z0-9]{16,255}"),
    ("anthropic-key", "sk-ant-", r"[A-Za-z0-9_-]{16,512}"),
    ("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None- sk-or-v1-", r"[A-Za-z0-9_-]{16,512}"),
    ("openai-key", "sk-", r"[A-Za-z0-9]{20,255}"),
    ("npm-token", "npm_", r"[A-Za-z0-9]{30,255}"),
    ("pypi-token", "pypi-", r"[A-Za-z0-9_-]{50,512}"),
    ("huggingface-token", "hf_ api_org_", r"[A-Za-z0-9]{30,40}(?![A-Za-z0-9_])"),
    ("sendgrid-key", "SG.", r"[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}"),
    ("twilio-key", "SK", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("groq-key", "gsk_", r"[A-Za-z0-9]{30,255}"),
    ("xai-key", "xai-", r"[A-Za-z0-9]{40,255}"),
    ("perplexity-key", "pplx-", r"[A-Za-z0-9]{30,255}"),
    ("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"[a-f0-9]{64}"),
    ("shopify-token", "shpat_ shpca_ shppa_ shpss_", r"[A-Fa-f0-9]{32,64}"),
    ("databricks-token", "dapi", r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    ("vault-token", "hvs. hvb. hvr.", r"[A-Za-z0-9_-]{24,255}"),
    ("doppler-token", "dp.pt. dp.st. dp.sa. dp.ct.", r"[A-Za-z0-9_.-]{30,255}"),
    ("linear-key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{30,255}"),
    ("supabase-key", "sbp_ sb_secret_", r"[A-Za-z0-9_-]{20,255}"),
    ("grafana-token", "glsa_ glc_", r"[A-Za-z0-9_]{30,255}"),
    ("pulumi-token", "pul-", r"[a-f0-9]{40}(?![A-Za-z0-9])"),
    ("postman-key", "PMAK-", r"[a-f0-9]{24}-[a-f0-9]{34}"),
    ("newrelic-key", "NRAK-", r"[A-Z0-9]{27}(?![A-Za-z0-9])"),
    ("replicate-token", "r8_", r"[A-Za-z0-9]{30,255}"),
    ("tailscale-key", "tskey-", r"[a-z]{2,12}-[A-Za-z0-9-]{16,255}"),
    ("mailgun-key", "key-", r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    ("age-key", "AGE-SECRET-KEY-", r"1[A-Z0-9]{50,64}"),
    ("sourcegraph-token", "sgp_", r"(?:[A-Za-z0-9]{16}_|local_)?[A-Fa-f0-9]{40}(?![A-Za-z0-9])"),
    ("notion-token", "ntn_", r"[0-9]{11}[A-Za-z0-9]{35}(?![A-Za-z0-9])"),
    ("42-secret", "s-s4t2ud- s-s4t2af-", r"[a-f0-9]{64}"),
    ("facebook-token", "EAAC EAAM", r"[A-Za-z0-9]{90,512}"),
    ("telegram-token", "AA", r"(?<=[0-9]{8}:AA)[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
)


def _any_of(prefixes: str) -> str:
    return "(?:" + "|".join(map(re.escape, prefixes.split())) + ")"


_ESCAPES = b"nrtbf"  # a token may follow what stands for the end of a line in a text that quotes another one
_BEGIN = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]))"
_TOKEN = pattern(
    (_BEGIN + "(?:" + "|".join(f"({_any_of(prefixes)}{rest})" for _, prefixes, rest in _SHAPES) + ")").encode(),
)
_JWT_BEGIN = pattern((_BEGIN + "eyJ[A-Za-z0-9_-]{10}").encode())
_JWT_REST = pattern(rb"\.eyJ[A-Za-z0-9_-]{4,}+\.[A-Za-z0-9_-]{8,}+")
_REGISTRIES = pattern(rb"(?:(?<![A-Za-z0-9+/])|(?<=\\[nrtbf]))eyJhdXRocyI6[A-Za-z0-9+/]{24,65536}+={0,2}")
_NARROWEST = 40
_ENDS = frozenset({b"\n", b"\r", b"\\"})
_LINES = pattern(
    rb"(?:[A-Za-z0-9_.-]++|(?<=[A-Za-z0-9_.-]{40})(?:\\?\r?\n|(?:\\r)?\\n)[ \t]{0,16}"
    rb"(?=[a-z]{0,40}[A-Z0-9_.-][A-Za-z0-9_.-]{0,512}[ \t]{0,8}(?:[\s\"'`\\]|\Z)))++"
)
_PARTS = pattern(rb"eyJ[A-Za-z0-9_-]{10,}+\.eyJ[A-Za-z0-9_-]{4,}+\.[A-Za-z0-9_-]{8,}+")
_BREAKS = pattern(rb"\\?\r?\n[ \t]{0,16}|(?:\\r)?\\n[ \t]{0,16}")
_PREFIXES = " ".join(["eyJ", *(prefixes for _, prefixes, _ in _SHAPES)])
_OPENINGS = frozenset(prefix[:2].encode() for prefix in _PREFIXES.split())
_INSIDE = pattern(("[-_.]" + _any_of(_PREFIXES)).encode())
_TAIL = pattern(rb"[A-Za-z0-9]*")
_AZURE = pattern(rb"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])")
_BASE64 = tuple(
    (
        kind,
        prefix.encode(),
        pattern(rf"{_BEGIN}{prefix}[A-Za-z0-9+/_-]{{{least},4096}}={{0,3}}".encode()),
    )
    for kind, prefix, least in (
        ("webhook-secret", "whsec_", 16),
        ("1password-token", "ops_eyJ", 64),
        ("aws-bedrock-key", "ABSK", 100),
    )
)
_RANDOM, _LOOK_AT = 4.0, 32
_AWS_SECRET = pattern(rb"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_AWS_NEAR = 160


def tokens(data: bytes) -> Iterator[Span]:
    """Find the tokens whose shape gives them away, in one pass over the runs of token characters in `data`."""
    read = 0  # lines that go on are read once, however many tokens could begin in them
    for begin, end in _runs(data):
        start = begin + (data[begin] in _ESCAPES and data[begin - 1 : begin] == b"\\")
        if data[start : start + 2] in _OPENINGS or _INSIDE.search(data, start, end):
            yield from _in_run(data, start, end)
            yield from _jwts(data, start, end)
            if data.startswith(b"eyJ", start):
                yield from _registries(data, start)
                if start >= read and end - start >= _NARROWEST and data[end : end + 1] in _ENDS:
                    lines = _LINES.match(data, start)
                    read = lines.end() if lines else end
                    yield from _wrapped(data, start, read)
    yield from _azure(data)
    yield from _base64(data)


def _runs(data: bytes) -> Iterator[tuple[int, int]]:
    mapped = data.translate(_RUN_MAP)
    start = mapped.find(_NEEDLE)
    while start >= 0:
        end = mapped.find(b" ", start + _SHORTEST)
        end = len(data) if end < 0 else end
        if data[start] not in _ID_CHARS or data[start:end].strip(_ID_CHARS):
            yield start, end
        start = mapped.find(_NEEDLE, end)


def _in_run(data: bytes, start: int, end: int) -> Iterator[Span]:
    for match in _TOKEN.finditer(data, start, end):
        kind = _SHAPES[(match.lastindex or 1) - 1][0]
        if _is_fake(kind, match[0]):
            continue
        tail = _TAIL.match(data, match.end())
        stop = tail.end() if tail else match.end()
        yield Span(match.start(), stop, kind, _RANK)
        if kind == "aws-access-key-id":
            yield from _aws_secret(data, stop)


def _is_fake(kind: str, token: bytes) -> bool:
    """Spare `ghp_xxxx…` and `sk-ant-your-key-here`; Amazon's documented example keys are not worth the risk."""
    return kind != "aws-access-key-id" and is_placeholder(token[4:])


def _jwts(data: bytes, start: int, end: int) -> Iterator[Span]:
    """Find JSON Web Tokens (RFC 7519) from their first dot on: each part is read once, wherever one could begin."""
    at = data.find(b".eyJ", start, end)
    while at >= 0:
        rest = _JWT_REST.match(data, at, end)
        begin = _JWT_BEGIN.search(data, max(start, data.rfind(b".", start, at) + 1), at) if rest else None
        if rest and begin:
            yield Span(begin.start(), rest.end(), "jwt", _RANK)
        at = data.find(b".eyJ", rest.end() if rest and begin else at + 1, end)


def _registries(data: bytes, start: int) -> Iterator[Span]:
    """Find the credentials of registries: JSON in base64."""
    match = _REGISTRIES.match(data, start)
    if match:
        yield Span(start, match.end(), "docker-config", _RANK)


def _wrapped(data: bytes, start: int, end: int) -> Iterator[Span]:
    """Find the token that was broken into the lines from `start` to `end`: it has their last two dots, and no third."""
    last = data.rfind(b".", start, end)
    middle = data.rfind(b".", start, max(start, last))
    third = data.rfind(b".", start, max(start, middle))
    begin = _JWT_BEGIN.search(data, max(start, third + 1), max(start, middle))
    if begin and _PARTS.fullmatch(_BREAKS.sub(b"", data[begin.start() : end])):
        yield Span(begin.start(), end, "jwt", _RANK)


def _aws_secret(data: bytes, start: int) -> Iterator[Span]:
    """Find the bare 40 characters that often stand beside an access key id, as in a CSV line."""
    for match in _AWS_SECRET.finditer(data, start, min(len(data), start + _AWS_NEAR)):
        if entropy(match[0]) >= 4 and not match[0].islower():  # hexadecimal digests stay below 4 bits
            yield Span(match.start(), match.end(), "aws-secret-access-key", _RANK)
            return


def _azure(data: bytes) -> Iterator[Span]:
    """Find client secrets of Microsoft Entra; `Q~` in their middle is all that tells them."""
    at = data.find(b"~")  # one character is looked for several times as fast as two
    while at >= 0:
        match = _AZURE.match(data, max(0, at - 5)) if data[at - 1 : at] == b"Q" else None
        if match:
            yield Span(match.start(), match.end(), "azure-client-secret", _RANK)
        at = data.find(b"~", at + 1)


def _base64(data: bytes) -> Iterator[Span]:
    """Find secrets that are base64 behind their prefix, so that `+` and `/` cut their runs."""
    for kind, prefix, shape in _BASE64:
        at = data.find(prefix)
        while at >= 0:
            match = shape.match(data, at)
            if match and not _is_told(match[0].removeprefix(prefix)):
                yield Span(match.start(), match.end(), kind, _RANK)
            at = data.find(prefix, match.end() if match else at + 1)


def _is_told(value: bytes) -> bool:
    """Say whether the value only stands for a secret: four `x` in a row stand in what is random, too."""
    return is_placeholder(value) and entropy(value[:_LOOK_AT]) < _RANDOM
