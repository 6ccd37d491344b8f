"""Sentences as people and assistants write them, each with what should be learned from it (None: nothing)."""

from typing import NamedTuple


class Labelled(NamedTuple):
    """A sentence, who says it, and the tag of the candidate that it should give."""

    tag: str | None
    human: bool
    text: str


def _all(tag: str | None, texts: str, *, human: bool = True) -> list[Labelled]:
    return [Labelled(tag, human, line.strip()) for line in texts.strip().splitlines() if line.strip()]


PREFERENCES = _all(
    "preference",
    """
    always use pnpm, never npm
    Please always run the linter before you commit.
    don't add comments to the code unless I ask for them
    From now on, write commit messages in the imperative mood.
    I prefer tabs over spaces in Go files
    never push directly to main
    i like small pull requests, keep them under 300 lines
    Use British English in the docs, not American.
    When you add a migration, also update docs/schema.md.
    no emojis in commit messages please
    I don't want mocks in the integration tests
    keep your answers short and to the point
    you should always ask before deleting files
    We never commit generated code.
    Remember that I'm on Windows, so no bash-only scripts.
    Every new endpoint needs an integration test.
    Going forward, put the tests next to the source file.
    Do not create README files on your own.
    All public functions must have type hints.
    before every commit run `make check`
    I'd prefer functional style over classes here in the domain layer
    stop adding trailing summaries to the answers
    Make sure to always use parametrized queries for SQL.
    I usually work on the develop branch, so target that for PRs.
    Please don't use any default exports in this codebase.
    avoid abbreviations in variable names
    Whenever you change the API, bump the version in package.json.
    my name is Marta and I'm the only backend developer on the team
    I'm a data scientist, so explain frontend things from the ground up.
    prefer composition over inheritance
    Answer in German, but keep the code in English.
    In future, run only the tests of the package you touched.
    I hate nested ternaries, use early returns instead
    we always squash merge
    Use `uv` instead of pip for everything in this repo.
    """,
)
DECISIONS = _all(
    "decision",
    """
    let's go with Postgres because we already run it for billing
    We decided to drop support for Python 3.9.
    ok, we'll use Redis for the session cache
    Decision: the public API stays on REST, GraphQL is only internal.
    we agreed to keep the CLI free of network calls
    let's use true/false and not on/off for the feature flags
    We're going with Tailwind instead of CSS modules.
    yes, let's stick with the monorepo
    I decided against Kafka, NATS is enough for our volume.
    We won't support Internet Explorer in the new dashboard.
    The team chose Terraform over Pulumi for the network layer.
    let's not introduce a second ORM
    we are moving from Jenkins to GitHub Actions
    use sqlite for the local cache because it needs no server
    Telemetry should be disabled by default.
    we don't support Windows
    Go with exponential backoff, capped at 30 seconds.
    We settled on ULIDs for all primary keys.
    let's switch to ruff for formatting and linting
    We will only support Node 20 and newer.
    We've decided that feature flags live in the database, not in env vars.
    the default should be dark mode
    """,
) + _all(
    "decision",
    """
    I went with a partial index instead of a full one because only unmatched rows are ever queried.
    I kept the retry logic in the client rather than in each handler so that all callers share it.
    I chose `msgspec` over pydantic because decoding is the hot path here.
    Decision: store timestamps as integers, since SQLite compares text dates slowly.
    I put the constants in the `agent` package rather than in the sub-packages to avoid an import cycle.
    """,
    human=False,
)
FACTS = _all(
    "fact",
    """
    The API base URL is https://api.acme.dev/v2.
    our staging server is staging.acme.dev
    we use Stripe for payments
    The database port is 5433, not 5432.
    The main branch is called `trunk`.
    Our package manager is pnpm 9.
    The project uses Python 3.12 and FastAPI.
    the integration tests live in tests/integration
    The frontend runs on port 5173.
    Our Slack channel is #platform-alerts.
    Staging URL: https://staging.example.com
    the config file is stored in ~/.config/acme/config.toml
    The S3 bucket for uploads is acme-prod-uploads.
    We deploy to eu-west-1.
    Anna Kowalska owns the billing service.
    the minimum Node version is 20.11
    we host on Fly.io
    CFS stands for context file system
    The queue is called ingest-events.
    this repo requires Go 1.22
    our rate limit is 100 requests per minute
    The design docs are in docs/adr.
    """,
) + _all(
    "fact",
    """
    The project uses `mise` to manage tool versions.
    Session metadata is stored in `.entire/metadata/`.
    The dev server is available on localhost:3000.
    Integration tests are located in `cmd/cli/integration_test`.
    """,
    human=False,
)
FIXES = _all(
    "fix",
    """
    the root cause was a stale lock file in /tmp
    The timeout was caused by the proxy dropping idle connections after 60 s.
    It turned out that the runner had no IPv6 route.
    i fixed the build by pinning esbuild to 0.19
    the deploy failed because the service account lacked the run.invoker role
    """,
) + _all(
    "fix",
    """
    Root cause: `fsnotify` drops events when the watched directory is replaced by a rename.
    The bug was caused by comparing a naive and an aware datetime.
    Fixed the flaky test by waiting for the server socket instead of sleeping.
    The crash was due to an unbounded recursion in `walk()` when a symlink points at its parent.
    The problem was that the migration ran before the extension was created.
    The fix was to open the database in WAL mode before the first read.
    """,
    human=False,
)
HOW_TOS = _all(
    "how-to",
    """
    To run the tests, use `make test-all`.
    to deploy to staging run `./scripts/deploy.sh staging`
    To regenerate the client, run `npm run codegen` in packages/api.
    Run `docker compose up -d db` to start the database.
    """,
) + _all(
    "how-to",
    """
    To rebuild the search index, run `acme index --rebuild`.
    Run `mise run test:integration` to include the integration tests.
    """,
    human=False,
)
JUNK = _all(
    None,
    """
    can you fix the failing test?
    yes
    ok, works. great
    thanks, that looks good
    fix lint
    run the tests
    what is the base URL of the API?
    should we use Redis or Memcached?
    maybe we should always cache this
    I think the port might be 8080
    let's try 1 space and 8 dashes
    don't touch the other commands for now
    I never got that error before
    never mind, it works now
    the test is failing because of the new flag
    don't worry about the docs
    I don't understand why this is needed
    Address 3, 8, 11, 25, 28
    Let's look at this first
    use that instead of this
    go with option 2
    let's do it
    the second one is better
    we could use Kafka for this
    What if we use Postgres instead of MySQL?
    for example, always use UTC
    if we used Rust, it would be faster
    the file is broken
    the output is confusing
    the server is down
    I'm getting this error on GH Actions:
    Let's add unit tests for that case, too.
    Change the signature to return (string, error) and handle it.
    add a test that checks we are sending the full command
    I want goreleaser to do it for me
    please rename this function
    how about using pnpm instead of npm?
    I always get this wrong
    do you prefer tabs or spaces?
    The promise rejected with the reason:
    it should default to false, no?
    currently the tests are failing on main
    I just pushed a fix to main
    we need to fix the build today
    I like it
    I don't like this output
    the PR is at https://github.com/acme/app/pull/12
    Wouldn't it be better to use a queue?
    Let's use the same approach as above.
    Can you always show me the diff first?
    ERROR: relation "users" does not exist
    2026-01-05 12:00:01 INFO always use pnpm
    > always use pnpm
    + we use Stripe for payments
    Don't forget this one.
    The tests should pass now.
    All tests should pass before we continue today.
    hi, my name is on the list, right?
    """,
) + _all(
    None,
    """
    Let me check how the tests are run.
    I'll now update the configuration file.
    Now I need to run the linter.
    You should always validate input on the server.
    I prefer the second approach.
    We could use Redis for the cache.
    The tests are now passing.
    Done.
    All tests pass and the linter is clean.
    Would you like me to commit these changes?
    The issue is that the function returns nil.
    According to CLAUDE.md, always use pnpm.
    I recommend using Postgres for this.
    Here's a summary of the changes:
    I'll use the Edit tool to fix it.
    The file has 240 lines.
    Updated `setup.go` to call the new helper.
    Great question!
    Never commit secrets to the repository.
    You can run `npm test` to see the result.
    The problem might be in the parser.
    I've updated both files.
    This is because the parser is greedy.
    Let's go with the first option.
    Perfect! The build works.
    The function is in line 42.
    Added three tests.
    You're absolutely right, I should have used pnpm.
    I understand you prefer tabs.
    Next, I'll look at the database schema.
    """,
    human=False,
)
LABELLED: list[Labelled] = [*PREFERENCES, *DECISIONS, *FACTS, *FIXES, *HOW_TOS, *JUNK]
