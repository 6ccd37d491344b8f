"""Shell commands that the assistant ran, each with what came of it, and what a command is for."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from contextfs.journeys.learn.cues import cue
from contextfs.journeys.learn.inputs import command_of
from contextfs.journeys.learn.turns import ToolUse, Turn
from contextfs.kit.pattern import pattern

_LONGEST, _ENDS = 1_000, 10_000
_FAILED = cue(
    r"""
    (?m)^[ \t]*(?:<tool_use_error>|error:|exit code:? [1-9]|.{0,40}command not found
    |traceback \(most recent|fatal:|npm err!|panic:)|\bexit(?:ed with)?(?: code| status):? [1-9]
    |\bcommand not found\b|^FAIL\b|^--- FAIL|\b[1-9]\d* failed\b
    |\bfound [1-9]\d* (?:errors?|problems?|issues?)|^[1-9]\d* issues?:|^make: \*\*\*|\bELIFECYCLE\b
    """,
)
_REFUSED = cue(
    r"""
    doesn't want to (?:proceed|take this action)|user rejected|request interrupted
    |permission .{0,40}denied by user|sibling tool call errored|requires approval
    """,
)
_TRIM = cue(
    r"""
    \s*(?:2>&1|2>/dev/null|>/dev/null|&>/dev/null)|\s*\|\s*(?:tail|head|grep|egrep|rg|tee|less|cat|wc
    |sort|sed|awk|jq)\b(?:\"[^\"]*\"|'[^']*'|[^|&;\"'])*|\s*;?\s*echo\s+[\"']?[^&;|]*\$\?[^&;|]*
    """,
    any_case=False,
)
_PREFIX = cue(
    r"""
    ^(?:cd\s+\S+\s*(?:&&|;)\s*|sleep\s+\S+\s*(?:&&|;)\s*|timeout\s+\S+\s+|time\s+|sudo\s+|source\s+\S+\s*(?:&&|;)\s*
    |\.\s+\S+\s*&&\s*)+
    """,
    any_case=False,
)
_RUNNERS = cue(
    r"""
    ^(?:[A-Z_][A-Z0-9_]*=\S+\s+)*(?:\./\S+|npm|npx|pnpm|yarn|bun|bunx|deno|node|make|just|task|mise|go
    |cargo|python3?|py|pytest|uv|uvx|poetry|tox|nox|ruff|mypy|pyright|basedpyright|black|eslint|prettier
    |tsc|jest|vitest|golangci-lint|gofmt|goreleaser|docker(?:-compose)?|terraform|pulumi|mvn|gradle
    |bundle|rails|rake|php|composer|dotnet|swift|xcodebuild|bazel|cmake|ctest|alembic|sqlc|protoc|pip3?
    |pre-commit|\.venv/bin/\S+|\S*gradlew)\b
    """,
    any_case=False,
)
_ONE_OFF = cue(
    r"""
    [<>|;&$`]|\s(?!\./\.\.\.)[\w.@-]*/\S|\s-(?:run|k|-grep|-testNamePattern|t)[ =]|/tmp/|/private/|/var/
    |/Users/|/home/|/root/|[A-Z]:\\|\s[\w-]+\.(?:go|py|tsx?|jsx?|rs|rb|java|c|cpp|md|json|ya?ml|sh)\b
    |\.(?:test|spec)\.\w+|_test\.\w+|test_\w+\.py|::|\s-[ce]\s|-m \d|\n|--help|--version|REDACTED
    |\[redacted
    """,
    any_case=False,
)
_PURPOSES = tuple(
    (purpose, pattern(rf"(?:^|[\s:/])(?P<words>{words})(?:$|[\s:])"))
    for purpose, words in (
        (
            "run the linter",
            "lint|eslint|golangci-lint|ruff check|flake8|pylint|clippy|rubocop|shellcheck|biome|vet|staticcheck",
        ),
        ("check types", "tsc|mypy|pyright|basedpyright|typecheck|type-check|check-types|vue-tsc"),
        ("format the code", "fmt|format|prettier|gofmt|black|rustfmt|ruff format"),
        ("run the tests", "test|tests|pytest|jest|vitest|rspec|phpunit|tox|nox|ctest|gotestsum|playwright"),
        ("build the project", "build|compile|bundle|goreleaser|xcodebuild"),
        ("apply the migrations", "migrate|migration|migrations|alembic|db:migrate|prisma"),
        ("deploy", "deploy|publish|release|pulumi up|terraform apply"),
        ("generate code", "generate|codegen|protoc|sqlc|gen"),
        (
            "install the dependencies",
            (
                r"(?:npm (?:ci|install|i)|pnpm (?:install|i)|yarn(?: install)?|bun install|uv sync|poetry install"
                r"|bundle install|pip install -[re] \S+|go mod (?:tidy|download)|composer install"
                r"|make (?:install|setup))$"
            ),
        ),
        ("start the app", "dev|start|serve|up|runserver"),
    )
)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One command with its outcome; `ok` is None when the session does not tell."""

    command: str
    output: str
    ok: bool | None
    index: int
    message_ids: tuple[UUID, ...]


def runs(turns: Sequence[Turn]) -> Iterator[Run]:
    """Pair the shell calls of a session with their results: by the call's id, else by their order."""
    for at, turn in enumerate(turns):
        for n, use in enumerate(turn.tool_calls):
            command = command_of(use)
            if command:
                yield _run(command, turn, _result(turns, at, n, use), at)


def plain(command: str) -> str:
    """Give a command without what only this run needed: `cd` before it, redirections, filters of its output."""
    if len(command) > _LONGEST:
        return command[:_LONGEST]
    return " ".join(_TRIM.sub("", _PREFIX.sub("", command.strip())).split()).rstrip("\\ ")


def links(command: str) -> list[str]:
    """Give the plain commands of a chain `a && b`; if the chain worked, each of them did."""
    return [link for link in map(plain, command.split(" && ")) if link]


def purpose(command: str) -> str | None:
    """Say what a command is for; None when it is no standing command of a project."""
    if len(command) > 80 or not _RUNNERS.match(command) or _ONE_OFF.search(command):
        return None
    return next((name for name, pattern in _PURPOSES if pattern.search(command)), None)


def runner(command: str) -> int:
    """Say where the word ends by which a command was told to be for something; its length where there is none."""
    found = (pattern.search(command) for _, pattern in _PURPOSES)
    return next((one.end("words") for one in found if one), len(command))


def _result(turns: Sequence[Turn], at: int, n: int, use: ToolUse) -> Turn | None:
    after = [turn for turn in turns[at + 1 : at + 2 + 2 * len(turns[at].tool_calls)] if turn.role == "tool"]
    if use.id:
        named = next((turn for turn in after if turn.answers == use.id), None)
        if named or any(turn.answers for turn in after):
            return named
    return after[n] if n < len(after) else None


def _run(command: str, turn: Turn, result: Turn | None, at: int) -> Run:
    if result is None:
        return Run(command=command, output="", ok=None, index=at, message_ids=(turn.message_id,))
    refused = _REFUSED.search(result.content[:400]) is not None
    told = result.content if len(result.content) <= 2 * _ENDS else result.content[:_ENDS] + result.content[-_ENDS:]
    failed = result.failed or _FAILED.search(told) is not None
    return Run(
        command=command,
        output=result.content,
        ok=None if refused else not failed,
        index=at,
        message_ids=(turn.message_id, result.message_id),
    )
