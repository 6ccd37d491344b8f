"""What importing conversations costs: bytes a second of CPU with redaction, and memory on a file of a gigabyte."""

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, row
from contextfs.adapters.transcripts import kept, reader
from contextfs.adapters.transcripts.normalised import normalised
from contextfs.domain.redaction.model import Policy
from contextfs.journeys.capture.clean import Cleaner
from contextfs.kit.personal import USUAL
from contextfs.kit.redaction_rule import RedactionRule, Wanted
from contextfs.local.records.cleaning import Cleaning, cleaned
from contextfs.local.records.store import Records

RUNS = 5
MEGABYTES = 8
GIGABYTE = 1_000_000_000
_LINE = 2_900  # bytes of a line, the mean of 45 sessions of a public repository
_DATA = Path(__file__).parents[1] / "tests" / "data" / "transcripts"
_CLAUDE = tuple(sorted((_DATA / "claude-code").glob("*-*-*-*-*.jsonl")))
_CODEX = tuple(sorted((_DATA / "codex").glob("rollout-*.jsonl")))
_PATTERNS = (
    *(r"\bEMP-[0-9]{5}\b", r"(?i)\bproject (?:falcon|osprey|kestrel)\b", "CUST-[0-9]{4,8}", "ACC[0-9]{10}"),
    *("(?i)badge:? (?P<value>[0-9A-F]{4,})", r"[a-z]+\.corp\.example\.net", "(?i)case no[.] ?[0-9]{6}"),
    *("INV-20[0-9]{2}-[0-9]{4}", r"k8s-[a-z0-9]{8}\.internal", "BLDG[0-9]{3}"),
)
_PEAK = """
import resource, sys
from pathlib import Path
from contextfs.adapters.transcripts import read_path
[(_, [one])] = read_path("claude-code", Path(sys.argv[1]))
assert sum(len(message.content) for message in one.messages)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10))
"""
_START = "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"


def run() -> list[Row]:
    """Read, map and redact sessions, against `json.loads` of the same lines; then weigh the reading of a large one."""
    rows = [_speed("claude-code", _CLAUDE), _speed("codex", _CODEX)]
    return [*rows, _kept(), _ruled(), _weight()]


def _speed(tool: str, samples: Sequence[Path]) -> Row:
    data = b"".join(_grown(samples, MEGABYTES * 1_000_000))
    size = len(data) / 1e6

    def ours() -> None:
        cleaner = Cleaner(Policy(b"k" * 32))
        for transcript in reader(tool).read(data, name="rollout.jsonl"):
            for message in normalised(transcript).messages:
                cleaner.fields(message, texts=("content",), values=("tool_calls", "metadata"))

    def floor() -> None:
        for line in data.splitlines():
            json.loads(line)

    times = ([_cpu(ours) for _ in range(RUNS)], [_cpu(floor) for _ in range(RUNS)])
    rate = size / statistics.median(times[0])
    what = f"import {size:.0f} MB of {tool} with redaction: {rate:.0f} MB/s"
    return row(what, "json.loads", times, goal="≥ 20 MB/s", unit="s CPU")


def _kept() -> Row:
    """Keep a file without its secrets, and read it from what is kept, against `gzip` of the same bytes."""
    data = b"".join(_grown(_CLAUDE, MEGABYTES * 1_000_000))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.jsonl"
        path.write_bytes(data)
        numbers = iter(range(RUNS))

        def ours() -> None:
            of_tool = reader("claude-code")
            with Records.opened(Path(folder) / f"{next(numbers)}") as records:
                parts = kept.parts(of_tool, path)
                one = records.keep(
                    "claude-code", path, parts, Cleaning(Policy(b"k" * 32)), is_rows=False, now=datetime.now(UTC)
                )
                with records.parts(one) as found:
                    kept.transcripts(of_tool, "claude-code", path, found, rows=False)

        def floor() -> None:
            gzip.compress(data, 6)

        times = ([_cpu(ours) for _ in range(RUNS)], [_cpu(floor) for _ in range(RUNS)])
    size = len(data) / 1e6
    rate = size / statistics.median(times[0])
    what = f"keep {size:.0f} MB of claude-code without secrets, and read it: {rate:.0f} MB/s"
    return row(what, "gzip -6", times, goal="≥ 20 MB/s", unit="s CPU")


def _ruled() -> Row:
    """Take out what ten rules of one's own say, too, against the same without them."""
    lines = b"".join(_grown(_CLAUDE, MEGABYTES * 1_000_000)).splitlines(keepends=True)
    own = [RedactionRule(name=f"rule-{place}", pattern=one) for place, one in enumerate(_PATTERNS)]

    def cleaning(wanted: frozenset[Wanted]) -> Callable[[], None]:
        return lambda: deque(cleaned(iter(lines), Cleaning(Policy(b"k" * 32, wanted))), maxlen=0).clear()

    ruled, plain = cleaning(USUAL | frozenset(own)), cleaning(USUAL)
    times = ([_cpu(ruled) for _ in range(RUNS)], [_cpu(plain) for _ in range(RUNS)])
    rate = sum(map(len, lines)) / 1e6 / statistics.median(times[0])
    return row(f"clean records by {len(own)} own rules: {rate:.0f} MB/s", "none", times, goal="≥ 20 MB/s", unit="s CPU")


def _weight() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.jsonl"
        with path.open("wb") as file:
            file.writelines(_grown(_CLAUDE, GIGABYTE, line=_LINE))
        ours = [_peak(_PEAK, path)]
    floor = [_peak("import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)", path)]
    return row("memory to read a session of 1 GB", "python -c pass", (ours, floor), goal="< 200 MB", unit="MB RSS")


def _peak(code: str, path: Path) -> float:
    """Run a program that tells its peak. A small one starts it: a peak begins at what its starter holds."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _START, sys.executable, "-c", code, str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout)


def _cpu(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _written(record: dict[str, Any]) -> bytes:
    """Write a record as its tool does: without spaces between."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _grown(samples: Sequence[Path], size: int, line: int = 0) -> Iterator[bytes]:
    """Give the samples' lines again and again as one long session: fresh ids, one chain of parents.

    With `line`, shorter ones are filled up to so many bytes: the samples' long texts were cut.
    """
    records: list[dict[str, Any]] = [json.loads(line) for one in samples for line in one.read_bytes().splitlines()]
    given, turn, before = 0, 0, None
    while given < size:
        turn += 1
        for record in records:
            one = dict(record)
            if isinstance(one.get("uuid"), str):
                one |= {"uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{turn}/{one['uuid']}")), "parentUuid": before}
                before = one["uuid"]
            message = one.get("message")
            if isinstance(message, dict) and "id" in message:
                one["message"] = message | {"id": f"{message['id']}-{turn}"}
            data = _written(one)
            if len(data) < line:
                data = _written(one | {"toolUseResult": "word " * ((line - len(data)) // 5)})
            given += len(data) + 1
            yield data + b"\n"
