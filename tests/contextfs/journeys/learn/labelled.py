"""Sentences as people and assistants write them, each with what should be learned from it (None: nothing)."""

from typing import NamedTuple


class Labelled(NamedTuple):
    """A sentence, who says it, and the tag of the candidate that it should give."""

    tag: str | None
    human: bool
    text: str


def labelled(tag: str | None, texts: str, *, human: bool = True) -> list[Labelled]:
    """Give a sentence a line, each with its label."""
    return [Labelled(tag, human, line.strip()) for line in texts.strip().splitlines() if line.strip()]


PREFERENCES = labelled(
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
DECISIONS = labelled(
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
) + labelled(
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
FACTS = labelled(
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
) + labelled(
    "fact",
    """
    The project uses `mise` to manage tool versions.
    Session metadata is stored in `.entire/metadata/`.
    The dev server is available on localhost:3000.
    Integration tests are located in `cmd/cli/integration_test`.
    """,
    human=False,
)
FIXES = labelled(
    "fix",
    """
    the root cause was a stale lock file in /tmp
    The timeout was caused by the proxy dropping idle connections after 60 s.
    It turned out that the runner had no IPv6 route.
    i fixed the build by pinning esbuild to 0.19
    the deploy failed because the service account lacked the run.invoker role
    """,
) + labelled(
    "fix",
    """
    Root cause: `fsnotify` drops events when the watched directory is replaced by a rename.
    The bug was caused by comparing a naive and an aware datetime.
    Fixed the flaky test by waiting for the server socket instead of sleeping.
    The crash was due to an unbounded recursion in `walk()` when a symlink points at its parent.
    The problem was that the migration ran before the extension was created.
    The hang came from a session-level lock that stayed with a pooled connection.
    The slowdown was caused by one query for each row of the cart.
    The fix was to open the database in WAL mode before the first read.
    """,
    human=False,
)
HOW_TOS = labelled(
    "how-to",
    """
    To run the tests, use `make test-all`.
    to deploy to staging run `./scripts/deploy.sh staging`
    To regenerate the client, run `npm run codegen` in packages/api.
    Run `docker compose up -d db` to start the database.
    """,
) + labelled(
    "how-to",
    """
    To rebuild the search index, run `acme index --rebuild`.
    Run `mise run test:integration` to include the integration tests.
    """,
    human=False,
)
JUNK = labelled(
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
) + labelled(
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

MORE: list[Labelled] = [
    *labelled(
        "preference",
        """
        please keep functions under 20 lines
        never use var in this project, only const and let
        I want you to always write the test first
        for SQL keywords please use lower case, not upper case
        Commit messages must follow conventional commits.
        don't ever force push
        don't use the word 'simply' in documentation
        I like my imports sorted by isort.
        Every time you finish a task, update CHANGELOG.md.
        no default exports, ever
        Please respond in Spanish.
        you must never edit files under vendor/
        always run tests with -race
        I'm a student learning Rust, so explain ownership when it matters.
        make sure to never log tokens
        Tests should use real databases, never mocks.
        we prefer explicit over implicit
        After every change run the formatter.
        use snake_case for file names, not kebab-case
        ask me before adding a new dependency
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        so we decided to store sessions in DynamoDB
        Let's go with option-less config: a single TOML file.
        we'll stick with REST for the public API
        We chose Svelte over React because of bundle size.
        ok let's drop support for Windows 7
        Agreed, we're not going to use microservices.
        we're switching from npm to pnpm next sprint
        The decision was to keep the monolith until 2027.
        let's use port 8443 for the admin interface
        I decided to rename the project to Quill.
        We're using feature flags for the rollout, not branches.
        soft deletes should be the default
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        I decided against a background thread because the CLI exits right after the write.
        I used a `sync.Once` instead of an init function so that tests can reset the registry.
        """,
        human=False,
    ),
    *labelled(
        "fact",
        """
        The production database is hosted on Aurora in us-east-2.
        our docs live at https://docs.quill.dev
        We use pytest for testing and tox for CI.
        Redis runs on port 6380 locally.
        The feature branch naming convention is feat/<ticket>-<slug>.
        my GitHub handle is mkowal
        The mobile app is written in Kotlin Multiplatform.
        our Jira project key is QLL
        Production URL: https://quill.dev
        The env variable for the token is QUILL_TOKEN.
        Piotr is the maintainer of the iOS client.
        The cron job runs at 03:00 UTC.
        """,
        human=True,
    ),
    *labelled(
        "fact",
        """
        The repository uses pnpm workspaces with three packages.
        User settings are stored in `~/.quill/settings.json`.
        """,
        human=False,
    ),
    *labelled(
        "fix",
        """
        the memory leak was caused by unclosed cursors
        fixed the flaky CI job by disabling parallel uploads
        """,
        human=True,
    ),
    *labelled(
        "fix",
        """
        The root cause was a missing index on `events.created_at`.
        The build failed because `node-gyp` needs Python 3 on the PATH.
        The issue was that `os.path.join` drops everything before an absolute segment.
        Resolved the deadlock by taking the locks in a fixed order.
        """,
        human=False,
    ),
    *labelled(
        "how-to",
        """
        to seed the database run `npm run db:seed`
        Run `make proto` to regenerate the protobuf files.
        """,
        human=True,
    ),
    *labelled(
        "how-to",
        """
        To publish a release, run `goreleaser release --clean`.
        """,
        human=False,
    ),
    *labelled(
        None,
        """
        can we always use pnpm here?
        did we decide on Postgres yet
        I've never seen this warning
        the last commit broke the login page
        let's see what happens if we use Redis
        don't do that
        don't change anything else please
        ok go ahead with the plan
        make the button blue
        use the helper from utils.ts here
        we might go with Mongo
        not sure if we should use gRPC
        the build is green again
        I prefer this one
        every test fails with the same error
        remove the second parameter
        the error says the port is already in use
        What does this repo use for logging?
        it works on my machine
        we still need to decide on the database
        commit and push this
        it always fails on the second run
        why do we never close the connection?
        I would always have expected an error here
        we use this function in two places
        the version in the changelog is wrong
        Let's keep going
        you forgot to add the import
        """,
        human=True,
    ),
    *labelled(
        None,
        """
        I'll use pnpm instead of npm.
        This ensures that the cache is always fresh.
        The server uses port 3000 for now.
        If you prefer, we can use Redis instead.
        Let me fix the failing test.
        The tests use a mock server.
        I fixed the typo.
        The project compiles without errors.
        We should always close the file.
        It looks like the project uses Django.
        Both approaches use the same index.
        You chose Postgres, so I'll write the migration.
        The root cause is still unclear.
        """,
        human=False,
    ),
    *labelled(
        "preference",
        """
        Whenever you write a test, name it after the behaviour, not the method.
        I'd rather have one big PR than ten small ones
        no inline styles please, ever
        use double quotes everywhere
        Always answer with the code first and the explanation after.
        don't run migrations without asking me
        I like it when functions return early.
        All dates must be stored in UTC.
        please stop apologizing
        we never use any in TypeScript
        keep commits atomic
        Remember to run the type checker before finishing a task.
        for this project I want strict null checks always on
        You should never touch the generated files in src/gen.
        In the future, ask before you install packages.
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        We decided on Keycloak for SSO.
        let's go with cursor-based pagination since offsets break under writes
        I've decided we ship without the export feature
        We will use gRPC between the services.
        We're dropping Python 3.10 support in the next release.
        Let's keep the old endpoint until March and then remove it.
        ok so final decision: Vite, not webpack
        We'll store amounts as integers in cents.
        instead of polling we'll use webhooks
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        I went with a dedicated table rather than a JSON column because we need to index it.
        """,
        human=False,
    ),
    *labelled(
        "fact",
        """
        Our production cluster runs on GKE in europe-west3.
        The admin panel is at https://admin.acme.io.
        we use Sentry for error tracking
        The repo's default branch is develop.
        Backend lives in services/api.
        The test user's email is qa@acme.io.
        Our sprint ends every second Friday.
        This project is written in Elixir with Phoenix 1.7.
        Lena is responsible for the data pipeline.
        the app listens on port 9000
        The max upload size is 25 MB.
        """,
        human=True,
    ),
    *labelled(
        "fact",
        """
        The codebase uses SQLAlchemy 2.0 with async sessions.
        """,
        human=False,
    ),
    *labelled(
        "fix",
        """
        turns out the DNS record was pointing at the old load balancer
        """,
        human=True,
    ),
    *labelled(
        "fix",
        """
        The root cause was that `Date.parse` treats date-only strings as UTC.
        I fixed the race by holding the lock until the file is renamed.
        The tests failed because the fixture directory was not copied into the image.
        """,
        human=False,
    ),
    *labelled(
        "how-to",
        """
        to reset the local db, run `make db-reset`
        Run `terraform init -upgrade` to refresh the providers.
        """,
        human=True,
    ),
    *labelled(
        None,
        """
        please review the PR
        looks good, merge it
        use the same color as the header
        I always forget how this works
        we never deployed this
        can we use gRPC between the services?
        why did we decide on Keycloak?
        let's rename it
        I want a dark mode toggle in the header
        don't add it yet
        the endpoint returns 500
        make sure the tests pass
        maybe we should use Vite
        the linter is complaining again
        is the port 9000 or 9001?
        we should fix this before Friday
        this is the log: connection refused on port 9000
        Now add a button
        use the new function here
        it never finishes
        remove all comments from this file
        I prefer how it was before
        every time I run it, it crashes
        keep it short
        the name is wrong
        our build is broken
        my terminal is frozen
        All buttons should be aligned now
        """,
        human=True,
    ),
    *labelled(
        None,
        """
        I'll keep the old endpoint for now.
        You might want to use Vite.
        The app is running on port 9000.
        I'd suggest using a queue.
        Fixed!
        The issue is in the parser.
        We should use a transaction here.
        Let me know if you prefer tabs.
        Always happy to help.
        The root cause might be the cache.
        I moved the function.
        Here are the steps to reproduce:
        """,
        human=False,
    ),
    *labelled(
        "preference",
        """
        Please write docstrings in Google style.
        always add a changelog entry when you change behaviour
        I don't use Docker locally, so give me commands that run natively
        never mock the database in tests
        variable names should be in English
        From now on just give me the diff, no explanations.
        don't refactor code that I didn't ask about
        Every PR needs a screenshot.
        I prefer pytest fixtures over setUp methods
        before you push, run the full test suite
        use tabs, not spaces
        we always pin exact versions
        Make sure every function has a return type.
        I work in the Berlin time zone, so schedule things accordingly
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        We agreed that the mobile app stays read-only for now-defunct accounts.
        let's use Zod for validation
        I decided to keep the cron job on the old server
        We're moving to trunk-based development.
        The team settled on OpenTelemetry for tracing.
        yes go with Postgres full-text search, no Elasticsearch
        we won't add a plugin system in v1
        the session timeout should be 30 minutes
        Let's stick with plain CSS because the team knows it.
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        I opted for a single writer process because SQLite allows only one anyway.
        """,
        human=False,
    ),
    *labelled(
        "fact",
        """
        The main entry point is src/server.ts.
        our CI runs on GitHub Actions
        we deploy with Argo CD
        Production logs are in CloudWatch under /acme/prod.
        the customer table has about 40 million rows
        Our VPN is WireGuard.
        The API key is stored in 1Password under acme/api.
        Jonas maintains the Android app.
        this service requires Java 21
        the feature flag for the new checkout is checkout_v2
        MRR stands for monthly recurring revenue
        """,
        human=True,
    ),
    *labelled(
        "fact",
        """
        Translations are stored in `locales/*.json`.
        """,
        human=False,
    ),
    *labelled(
        "fix",
        """
        the 502s were caused by a keep-alive mismatch between nginx and node
        I solved the slow build by enabling the gradle cache
        """,
        human=True,
    ),
    *labelled(
        "fix",
        """
        Root cause: the worker never acknowledged the message, so the broker redelivered it.
        The upload failed because the presigned URL had expired.
        """,
        human=False,
    ),
    *labelled(
        "how-to",
        """
        To create a new migration, run `alembic revision -m "message"`.
        """,
        human=True,
    ),
    *labelled(
        "how-to",
        """
        To start the stack locally, run `docker compose up`.
        """,
        human=False,
    ),
    *labelled(
        None,
        """
        what does MRR stand for?
        add a test for this
        that's wrong
        can you use tabs?
        looks like the build is broken
        I'm using the wrong branch
        let's look at the logs
        update the README with this
        the tests always pass locally
        we never got an answer from them
        he prefers tabs I think
        it should be 30 minutes
        use a map here instead of a list
        rename foo to bar in this file
        there are 40 rows in the result
        the page is slow
        I don't want this
        don't break the tests
        why don't we use Zod?
        we should talk about caching
        ok, continue with step 2
        the log says we use port 80
        I had to restart the server before it worked
        show me the entry point
        """,
        human=True,
    ),
    *labelled(
        None,
        """
        I'll always check the types first.
        Let's use Zod for validation.
        You prefer tabs, so I used tabs.
        The function is called twice.
        Running the test suite now.
        The page uses two queries.
        There are three options:
        I fixed the tests and pushed the branch.
        This was caused by the change above.
        We decided earlier to use Zod, right?
        """,
        human=False,
    ),
]

LABELLED: list[Labelled] = [*PREFERENCES, *DECISIONS, *FACTS, *FIXES, *HOW_TOS, *JUNK, *MORE]
