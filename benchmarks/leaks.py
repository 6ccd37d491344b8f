"""Which secrets of somebody else's tests are taken out: of the rules of gitleaks, which come with what they must find.

`python -m benchmarks.leaks FOLDER`, with the folder `cmd/generate/config/rules` of its source. What stands there as
plain text is taken: positives (`tps`) and negatives (`fps`); what is drawn when it runs is not. Its negatives are
dummies, wrong lengths and keys that are known to be public: to take such out loses little, and is told as it is.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contextfs.domain.redaction import redact

_LIST: Final = re.compile(r"\b(tps|fps)\s*:?=\s*(?:append\(\s*\w+,\s*)?(map\[string\]string|\[\]string)\{")
_TEXT: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_MADE: Final = re.compile(r"\b(?:secrets|utils|fmt|strings)\.")
_LEAST: Final = 12
_NAMES_ALONE: Final = frozenset({"privatekey"})
"""Rules that look at the names of files, which say nothing secret."""


def literals(file: Path) -> Iterator[tuple[str, str]]:
    """Give the plain texts of a rule's file, each with the list that it stands in."""
    source = file.read_text(encoding="utf-8")
    for found in _LIST.finditer(source):
        inside = source[found.end() : _end(source, found.end())]
        for part in inside.split(",\n"):
            texts = [] if _MADE.search(part) else list(_TEXT.findall(_without_comments(part)))
            for text in texts[1::2] if found[2].startswith("map") else texts:
                plain = _plain(text)
                if len(plain) >= _LEAST:
                    yield found[1], plain


def main(folder: str) -> int:
    """Print how many of each are taken out."""
    counts = {"tps": [0, 0], "fps": [0, 0]}
    for file in sorted(Path(folder).glob("*.go")):
        for which, text in literals(file) if file.stem not in _NAMES_ALONE else ():
            counts[which][0] += 1
            taken = bool(redact(text, key=b"k").findings)
            counts[which][1] += taken
            if taken != (which == "tps"):
                print(f"{'missed' if which == 'tps' else 'taken'} {file.stem}: {text[:100]!r}")
    for which, name in (("tps", "secrets"), ("fps", "dummies")):
        many, taken = counts[which]
        print(f"{name}: {taken} of {many} are taken out ({taken / max(1, many):.3f})")
    return 0


def _end(source: str, at: int) -> int:
    depth = 1
    while at < len(source):
        if text := _TEXT.match(source, at):
            at = text.end()
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        if not depth:
            return at
        at += 1
    return at


def _without_comments(part: str) -> str:
    return "\n".join(line for line in part.split("\n") if not line.lstrip().startswith("//"))


def _plain(text: str) -> str:
    if text.startswith("`"):
        return text[1:-1]
    return re.sub(r'\\([nt"\\])', lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text[1:-1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
