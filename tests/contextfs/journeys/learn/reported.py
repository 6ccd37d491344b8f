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
        """,
        human=True,
    ),
    *labelled(
        "fix",
        """
        Fixed the empty exports by closing the writer before the upload.
        The issue was that `undici` ignores `HTTP_PROXY` unless an agent is set.
        Root cause: the resolver of the container points to an address that nobody listens at.
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
        """,
        human=True,
    ),
    *labelled("decision", "let's go with bun because it starts faster", human=True),
    *labelled("how-to", "Run `make seed` to fill the local database.", human=False),
]
