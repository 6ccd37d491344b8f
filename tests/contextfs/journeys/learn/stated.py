"""What people say in passing of their project: limits, ports, rules for data; beside sentences that only look so.

A set of its own: the rules for these were written after those that `labelled` was made for.
"""

from tests.contextfs.journeys.learn.labelled import Labelled, labelled

STATED: list[Labelled] = [
    *labelled(
        "fact",
        """
        One more thing for later: the staging database listens on port 5433, not 5432.
        by the way: the admin server runs on port 9443
        Also: the payment provider's sandbox refuses refunds above 500 euros, so the tests must stay below that.
        The gateway rejects uploads larger than 25 MB.
        The gateway limits each key to 100 calls per minute.
        our webhook retries for 24 hours
        our mail provider accepts at most 300 messages an hour
        the reset link expires after 30 minutes
        The audit log keeps entries for 400 days.
        our load balancer times out after 55 seconds
        The import job retries a file up to 5 times before it gives up.
        the public API throttles every client at most 20 requests per second
        The sandbox only accepts cards up to €100.
        """,
    ),
    *labelled(
        "decision",
        """
        Let's store money as whole cents in a bigint, never as float or numeric.
        let's keep timestamps in UTC rather than in local time
        let's name migrations by date instead of by number
        let's return problem details, not a bare message, from all handlers
        let's sign webhooks with ed25519, not with a shared secret
        Let's change the package for the Gemini CLI provider from pkg/providers/gemini to pkg/providers/geminicli
        let's rename get_usr to get_user
        let's rename the package src/shop to src/store
        Let's allow `--sync` and `--no-sync` to be invoked together.
        let's support Windows paths in the importer
        let's reject tokens without an expiry
        I want to replace the usage of getUserID with a machine identifier.
        we want to replace celery by a plain queue in postgres
        we don't have `Entire-Session` anymore so this is obsolete.
        we no longer have a staging cluster
        """,
    ),
    *labelled(
        "preference",
        """
        store money as whole cents in a bigint, never as float
        write dates as 2026-01-31, never as 31.1.
        pass ids as strings, never as numbers
        We always run the linter before every commit.
        after each change of the schema, regenerate the client
        keep our working documentation in linear.
        put all our design notes under docs/adr
        """,
    ),
    *labelled(
        None,
        """
        We sell ferry tickets and mail a receipt after each payment.
        the worker sleeps before every retry
        A backup is taken after each deploy.
        if there is error, always exit with os.Exit(1)
        when the token has expired, always redirect to the login page
        Alright, for every test in redact/redact_test.go i'd like to see literal expectations instead of substrings.
        let's store the result in a variable instead of calling it twice
        let's keep it as it is, not as before
        let's return that instead of nil
        the test times out after 30 seconds
        One more thing: can you rename it?
        the parser accepts up to 3 levels now
        the toast expires after 5 seconds, make it 10
        the button keeps its color for 2 seconds after a click
        the cache keeps growing for 10 minutes
        let's put the button in the header instead of in the footer
        let's write tests for the parser, not for the printer
        the team reviews every change before each release
        our test suite only retries for 2 minutes
        the app keeps me waiting for 10 seconds
        the page keeps me waiting for 10 seconds
        the server rejects my request
        the function accepts 3 arguments
        the loop retries 3 times
        put the button on the left, never mind the old one
        pass the id as a string, never as a number
        the browser locks up for 5 seconds
        let's change the color from red to blue
        let's rename it to something shorter
        let's allow it
        let's allow some time for that
        let's support this as well
        I want to replace this with a list
        we want to replace it by that
        we don't have the logs anymore
        we don't have time for this anymore
        we don't have any errors anymore
        No reason for these to need a name.
        yeah, no I get tired of typing
        Just two steps, and we'll look at the screens after each step.
        I committed the nine fixes and the changelog
        When I say restore, I usually mean the last window and not the whole day.
        We don't want src/util/text.go for the same reason.
        we should always hide it
        Don't yet worry about how old that is.
        The option is defined on the serve command but never read there.
        keep our changes in sync
        keep our eyes on the build
        put our names on the list
        keep all our fingers crossed in the meantime on friday
        let's allow him in
        let's support him on this
        let's require coffee
        let's allow 10 minutes before we retry the build
        let's reject that pull request from Ben
        let's support the sales team in march
        I want to replace the first paragraph with a shorter one
        I want to replace line 12 with a call to flush
        we no longer have a meeting on Tuesday
        we don't have kubernetes experience anymore
        """,
    ),
    *labelled(
        None,
        """
        The gateway rejects uploads larger than 25 MB.
        Let's store money as whole cents, never as float.
        """,
        human=False,
    ),
]
