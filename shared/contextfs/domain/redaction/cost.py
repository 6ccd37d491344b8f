"""What rules of one's own cost, told before they are taken: every text that is stored is looked through by all of them.

RE2 takes a step or two for each byte, unless a pattern can go on in very many ways at once: `[ab]*a[ab]{900}` takes ten
thousand times as long. That shows only on a text of what it looks for, so each pattern is timed on texts that are made
of its own characters, beside a usual one on the same texts in the same moment. Rules that stand are never looked at
again: they are run whatever they cost.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Final

from contextfs.domain.redaction.own import compiled
from contextfs.kit.errors import Invalid
from contextfs.kit.pattern import pattern
from contextfs.kit.redaction_rule import RedactionRule

MOST: Final = 100
"""How many times as long as a usual one a rule may take."""
MOST_TOGETHER: Final = 500
_USUAL: Final = r"\b[0-9]{3}-[0-9]{4}\b"
_LENGTH, _WINDOW, _STEP = 4096, 1024, 512
_RUNS: Final = 3
_SMALL: Final = 100
"""Instructions of a compiled pattern that takes no long time for the bytes of one match."""
_HOPELESS: Final = 10 * MOST
_CLASSES: Final = 6
_CLASS: Final = pattern(r"\[\^?\]?(?:\\.|\[:[a-z^]+:\]|[^\]\\])*\]|\\p(?:\{[^}]*\}|.)|\\[dwsDWS]|(?<!\\)\.")
_NO_SIGN: Final = pattern(r"\{[0-9,]+\}|\\[A-Za-z]|\(\?[A-Za-z:<>P]*")
_SIGN: Final = pattern(r"[^\\^$|()*+?{}\[\]]")
_PRINTABLE: Final = bytes(range(32, 127))
_PROSE: Final = (
    b'{"role":"user","content":"Call 555-0100 about invoice 2026-11-17, see src/app/main.py:42: error E1001."}\n'
)

Clock = Callable[[], float]


def affordable(rules: Sequence[RedactionRule], clock: Clock, where: str = "$") -> None:
    """Pass over rules that cost no more than they may, each and together; Invalid tells of others how much they do.

    `clock` gives seconds that this thread has computed.
    """
    costs: dict[str, float] = {}
    for place, rule in enumerate(rules):
        large = [
            one for one in rule.allow if compiled(one).programsize > _SMALL
        ]  # they see matches alone, which are short
        for text in (rule.pattern, *large):
            cost = _cost(text, clock)
            if cost > MOST:
                told = f"{text!r} takes {cost:,.0f} times as long as a usual pattern, and {MOST} times are allowed"
                cure = "Let it count to fewer, or say what its match begins with."
                raise Invalid(f"The rule {rule.name} cannot be taken: {told}. {cure}", where=f"{where}[{place}]")
            costs.setdefault(rule.name, cost)
    whole = sum(costs.values())
    if whole > MOST_TOGETHER:
        dearest = ", ".join(sorted(costs, key=lambda one: costs[one], reverse=True)[:3])
        told = (
            f"together they take {whole:,.0f} times as long as a usual pattern, and {MOST_TOGETHER} times are allowed"
        )
        raise Invalid(f"The rules cannot be taken: {told}. Those that take the longest: {dearest}.", where=where)


def _cost(text: str, clock: Clock) -> float:
    """Give how many times as long as a usual pattern one takes on the texts that are the worst for it."""
    wanted, usual = compiled(text), compiled(_USUAL)
    worst = 0.0
    for drawn in _kinds(text):
        ours: list[float] = []
        theirs: list[float] = []
        for sample in drawn:  # each is another one: what RE2 has learned of a text is no use for the next
            ours.append(_seconds(wanted, sample, clock))
            theirs.append(_seconds(usual, sample, clock))
            if min(ours) > _HOPELESS * min(theirs):
                break
        worst = max(worst, min(ours) / min(theirs))
    return worst


def _seconds(wanted: Any, sample: bytes, clock: Clock) -> float:
    """Tell how long a pattern takes, window by window, as rules are run."""
    began = clock()
    for start in range(0, len(sample), _STEP):
        wanted.search(sample, start, min(start + _WINDOW, len(sample)))
    return max(clock() - began, 1e-9)


def _kinds(text: str) -> Iterator[Iterator[bytes]]:
    """Give kinds of texts, some of each: usual ones, and such as a pattern's own characters make."""
    yield (_PROSE * (_LENGTH // len(_PROSE) + n) for n in range(_RUNS))
    signs = bytes(sorted(set("".join(_SIGN.findall(_NO_SIGN.sub("", _CLASS.sub("", text)))).encode())))
    if signs:
        yield _mixed(signs, signs)
    for one in list(dict.fromkeys(_CLASS.findall(text)))[:_CLASSES]:
        found = compiled(one)
        of_class = bytes(sign for sign in _PRINTABLE if found.fullmatch(bytes([sign])))
        if of_class:
            yield _mixed(of_class, bytes(sign for sign in signs if sign in of_class) or of_class)


def _mixed(signs: bytes, often: bytes) -> Iterator[bytes]:
    """Mix characters, of which some stand often, always in the same way."""
    half = 128
    table = bytes(signs[n % len(signs)] for n in range(half)) + bytes(often[n % len(often)] for n in range(half))
    return (one.translate(table) for one in _drawn())


@cache
def _drawn() -> list[bytes]:
    blocks = [sha256(n.to_bytes(4, "big")).digest() for n in range(_RUNS * _LENGTH // sha256().digest_size)]
    whole = b"".join(blocks)
    return [whole[n * _LENGTH : (n + 1) * _LENGTH] for n in range(_RUNS)]
