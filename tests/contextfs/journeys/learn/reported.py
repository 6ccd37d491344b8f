"""What is said of the work at hand, which nobody needs again, beside what sounds alike and lasts."""

from tests.contextfs.journeys.learn.labelled import Labelled, labelled

REPORTED: list[Labelled] = [
    *labelled(
        None,
        """
        I fixed the ESLint errors by switching to single quotes.
        Fixed the type annotations in `store.ts` by adding explicit return types.
        Fixed the remaining compilation errors by adding a cast.
        Solved the formatting issues by running Prettier over the folder.
        The issue was a missing `os` import in `paths.py`.
        The push failed because the branch was behind.
        I notice the command failed because it was run in the wrong folder.
        The problem was that it read the file twice.
        The bug was caused by misunderstanding the flag.
        The root cause is well understood by now.
        Root cause: why the lock is never released.
        The issue was that I was editing the wrong copy of the file.
        I made the mistake of committing to main instead of the branch.
        Removed the helper since nothing calls it.
        Renamed the loop variable since it shadowed the outer one.
        Final decision: whether the cache is warmed at the start.
        Use `getRegion()` to read the region before building the client.
        Use `resolveHome` to find the folder of the installation.
        Use `--yes` to skip every confirmation.
        Run `make seed` to create it.
        Runs `git clean` to discard the changes.
        The constant could be defined in `limits.py`, next to the others.
        The issue was that the code was wrong in two places.
        The root cause is known and will be dealt with.
        Fixed the build of the worker by adding the missing imports.
        """,
        human=False,
    ),
    *labelled(
        None,
        """
        don't change anything, just tell me what you find
        Do not modify the schema; just explain where the value comes from
        make sure every change is committed, then go ahead and rebase
        let's stick with the current design and finish the reader
        Keep digging, because we want to know who calls it
        the problem is we are using two connections at once
        yes, let's go with B
        no, the header should always use that format
        remember we are on the new cluster, but for this nightly deployment only the API matters
        nah let's undo it, nobody needs the table in the future schema
        let's drop the star before each entry
        i'd like all those checks replaced by one comparison
        Your app: the header uses one size for every title (`title-lg`)
        don't touch the parser, just show me where it fails
        don't run anything; just list the commands
        the tests pass, so go ahead and merge
        let's add a blank line before each entry
        i want all of those endpoints in one file
        let's go with c
        let's stick with the existing parser and read the file again
        """,
        human=True,
    ),
    *labelled(
        "fix",
        """
        Fixed the empty exports by closing the writer before the upload.
        The issue was that `undici` ignores `HTTP_PROXY` unless an agent is set.
        Root cause: the resolver of the container points to an address that nobody listens at.
        The issue was that the code expected UTC while the database stored local time.
        The problem was that items without a price were sorted first.
        Fixed the login loop by adding a missing import of the session middleware.
        The root cause is known: the pool leaks connections when a query times out.
        """,
        human=False,
    ),
    *labelled(
        "decision",
        """
        Decision: the manifest is optional, and missing fields have defaults.
        Disabled `no-console` for the command line because printing is its purpose.
        """,
        human=False,
    ),
    *labelled(
        "preference",
        """
        In future, please ask before you add a package.
        don't change generated files
        I want every endpoint documented
        I want all of the endpoints documented.
        For every endpoint, I want to have a test.
        Don't commit secrets, just use the vault.
        don't write comments; just use clear names
        Don't make new helpers, just extend utils.py.
        Always go ahead and commit without asking me.
        When the tests pass, always go ahead and merge.
        Never go ahead with a release without my approval.
        Let's add a changelog entry before every release.
        """,
        human=True,
    ),
    *labelled(
        "decision",
        """
        let's go with bun because it starts faster
        Let's use C for the parser because it is fast.
        Let's go with D because it compiles fast.
        Let's stick with the existing parser because it handles comments.
        """,
        human=True,
    ),
    *labelled("how-to", "Run `make seed` to fill the local database.", human=False),
]
