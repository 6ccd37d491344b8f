"""A labelled corpus made on the spot: what tells who somebody is, where people leave it, and what only looks so."""

import string
from collections.abc import Callable, Iterator
from random import Random

from contextfs.kit.personal import Personal
from tests.contextfs.domain.redaction.corpus import Negative, Positive

PER_CLASS = 120

_NAMES = (
    "mara.lindqvist",
    "j.okafor",
    "tom_becker",
    "aylin+work",
    "luis.fernandez",
    "priya",
    "b-nowak",
    "chen.wei",
    "jürgen",
    "zoë",
)
_HOSTS = (
    "fjordmail.no",
    "acme-logistics.com",
    "uni-weiler.de",
    "posteo.net",
    "mail.kanto.co.jp",
    "studio.app",
    "müller.de",
)
_ISSUERS = (("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3528", 16), ("36", 14), ("62", 16))

_CARRIERS: dict[Personal, tuple[str, ...]] = {
    "email": (
        "write to {s} please", "<{s}>", '{{"email": "{s}"}}', "Signed-off-by: A Person <{s}>", "mailto:{s}",
        "user,{s},2026-01-02", "log: \\n{s}\\n", "{s}, who reviews it", "| owner | {s} |", "From: {s}",
    ),
    "phone": (
        "tel: {s}", "reach me under {s}.", '{{"phone": "{s}"}}', "Mobile: {s}", "my number is {s}", "fax {s}",
        "phone_number={s}", "call me at {s} tomorrow",
    ),
    "card": (
        "{s}", "pay with {s} please", '{{"card": "{s}"}}', "number={s}", "PAN: {s}.", "| visa | {s} |", "\\n{s}\\n",
        "{s}, 12/29, 123", "'{s}'", "{s} 123", "bob,{s},12/27,123", "{s}-123", "card {s},123", "card {s} 1234",
        "card {s} 12/27", "[{s},1]",
    ),
    "ssn": (
        "{s}", "his number is {s}.", '{{"tax": "{s}"}}', "ssn={s}", "| {s} | active |", "\\n{s}\\n", "({s})",
    ),
}  # fmt: skip


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices(string.digits, k=count))


def _card(random: Random) -> str:
    head, size = random.choice(_ISSUERS)
    body = head + _digits(random, size - 1 - len(head))
    each = [int(c) * (2 if place % 2 == 0 else 1) for place, c in enumerate(reversed(body))]
    number = body + str(-sum(one - 9 if one > 9 else one for one in each) % 10)
    sizes = (4, 6, 5) if size == 15 else (4, 6, 4) if size == 14 else (4, 4, 4, 4)
    ends = [sum(sizes[: n + 1]) for n in range(len(sizes))]
    groups = [number[end - one : end] for one, end in zip(sizes, ends, strict=True)]
    return random.choice(("", " ", "-", "\u00a0", "\u2011", "\u2013")).join(groups)


def _ssn(random: Random) -> str:
    area = random.choice([one for one in range(1, 900) if one != 666])
    return f"{area:03}-{random.randint(1, 99):02}-{random.randint(1, 9999):04}"


def _phone(random: Random) -> str:
    area, exchange = f"{random.randint(2, 9)}{_digits(random, 2)}", f"{random.randint(2, 4)}{_digits(random, 2)}"
    return random.choice(
        (
            f"+1 {area} {exchange} {_digits(random, 4)}",
            f"+1{area}{exchange}{_digits(random, 4)}",
            f"({area}) {exchange}-{_digits(random, 4)}",
            f"{area}-{exchange}-{_digits(random, 4)}",
            f"+49 30 {_digits(random, 7)}",
            f"+44 20 7{_digits(random, 3)} {_digits(random, 4)}",
            f"+91-98{_digits(random, 8)}",
            f"0{random.randint(1, 9)}{_digits(random, 2)} {_digits(random, 7)}",
        ),
    )


_DRAW: dict[Personal, Callable[[Random], str]] = {
    "email": lambda r: f"{r.choice(_NAMES)}{r.randint(1, 999)}@{r.choice(_HOSTS)}",
    "phone": _phone,
    "card": _card,
    "ssn": _ssn,
}


def positives(seed: int = 20_261_128) -> Iterator[Positive]:
    """Yield `PER_CLASS` texts for each class."""
    random = Random(seed)  # noqa: S311 - invented people
    for kind, draw in _DRAW.items():
        for n in range(PER_CLASS):
            drawn = draw(random)
            yield Positive(kind, drawn, _CARRIERS[kind][n % len(_CARRIERS[kind])].format(s=drawn))


_SPARED: dict[Personal, tuple[str, ...]] = {
    "email": (
        "user@example.com and admin@mail.example.org", "dev@app.test, root@localhost, me@box.local, a@b.invalid",
        "Co-Authored-By: Claude <noreply@anthropic.com>", "12345+octo@users.noreply.github.com",
        "git clone git@github.com:org/repo.git", "ssh://deploy@build.acme.com/srv", "https://me@host.acme.com/x",
        "icon@2x.png and logo@3x.webp", "npm i react@19.2.0 lodash@4.17.21 @scope/pkg@1.0.0-beta.2",
        "@app.route('/x')", "ci@my-project.iam.gserviceaccount.com", "y = W@x + b", "uses: actions/checkout@v4.2.1",
        "do-not-reply@shop.com", "pip install pkg@git+https://github.com/a/b",
    ),
    "phone": (
        "v415.555.2671", "2026-11-28 18:52:57 +0200", "192.168.100.2001", "id 415-555-0142", "+1 (212) 555-0199",
        "@@ -123,45 +1234567,8 @@", "+12345678", "1764355430123", "x = a +15 b", "port 5432, pid 12345678",
        "sha1 4155552671abcdef", "tel.stat 20260501", "12.345.678,90 EUR", "isbn 978-3-16-148410-0", "0x4155552671",
        "phone: (none)", "telemetry 1234567890", "+1.5e10", "T+1234567890", "700-1000-2000", "desk 2024-11-28",
        "tel 2024-11-28 10:00", "fax 28.11.2024", "call at 10.20.30.40.",
        "context at 1234567", "intel: 82574 1234", "hotel 12345678", "iphone 15 1234567",
    ),
    "card": (
        "4111 1111 1111 1112", "timestamp 1764355430123456789", "id 1234567890123456", "0.4532015112830366",
        "550e8400-e29b-41d4-a716-446655440000", "0000 0000 0000 0000", "build-4111111111111111", "4111111111111111ab",
        "/orders/4111111111111111", "20260501123045", "9007199254740991", "trace 4111111111111111_2",
        "1111-2222-3333-4444", "ean 4006381333931", "-4111111111111111",
    ),
    "ssn": (
        "000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "2026-11-2812", "123-45-67890",
        "part A123-45-6789", "v1.123-45-6789", "555-1234", "123456789", "0123-45-6789", "session 123 45 6789",
        "assn: 123456789", "classname 123456789",
    ),
}  # fmt: skip


def negatives(seed: int = 20_261_128) -> Iterator[Negative]:
    """Yield texts that only look as if they told who somebody is."""
    random = Random(seed + 1)  # noqa: S311 - invented numbers
    for kind, texts in _SPARED.items():
        yield from (Negative(kind, text) for text in texts)
    for _ in range(PER_CLASS):
        yield Negative("time", f"at {random.randint(1_600_000_000_000, 1_900_000_000_000)} ms")
        yield Negative("time", f'"ts": {random.randint(16 * 10**17, 19 * 10**17)}')
        yield Negative("fraction", f"loss {random.random()}")
        yield Negative("digest", f"commit {random.randbytes(20).hex()}")
        yield Negative("version", f"pkg-{random.randint(0, 99)}.{random.randint(0, 99)}.{random.randint(0, 9999)}")
        yield Negative("date", f"{random.randint(1990, 2030)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}")
        yield Negative("address", f"10.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(0, 255)}:8080")
