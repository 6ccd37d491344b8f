"""Each check of direct SQL behind the guard, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_ASK, _READER = "journeys/ask/sql.py", "adapters/database/untrusted.py"
_SQL = "adapters/database/migrations/0014_pre_direct_sql.sql"
_GENERIC = "domain/sql/generic.py"
_GENERIC_TEST = "tests/contextfs/domain/sql/test_generic.py::test_no_constant_is_left"
_OF_NOTHING = "tests/contextfs/domain/sql/test_generic.py::test_of_nothing_no_constant_is_made"
_NEIGHBOURS = "tests/functions/sql/test_neighbours.py::test_what_is_common_elsewhere_is_refused_as_what_is_nowhere"
_GENERIC_SAME = "tests/contextfs/domain/sql/test_generic.py::test_postgres_takes_it_for_the_same_query"
_VERSIONS = "adapters/database/migrations/0059_pre_reread.sql"
_THEN = "adapters/database/migrations/0082_pre_nothing_folded.sql"


def _route(name: str) -> str:
    return f"tests/functions/sql/test_query.py::{name}"


def _past_the_guard(name: str) -> str:
    return f"tests/contextfs/adapters/database/test_untrusted.py::{name}"


_FORGED = _route("test_claims_open_the_one_connection_that_they_were_signed_for")
_REFUSED = _route("test_past_the_guard_the_database_itself_says_no")
_SPELT = "tests/contextfs/adapters/database/test_schema.py::test_the_schema_keeps"
_PRIVATE = _past_the_guard("test_what_is_private_is_shown_to_its_author_alone")

_DOOR = (
    without(
        "who may read the tables may ask",
        _ASK,
        "    for needed in _READS:\n        may(call.principal, needed)\n",
        "",
        _route("test_who_may_not_read_may_not_ask"),
    ),
    without(
        "the guard reads it",
        _ASK,
        "query = guarded(wanted.query, THEN if wanted.as_of else NOW)",
        "query = guarded('select 1')._replace(text=wanted.query)",
        _route("test_what_is_wrong_is_told_in_one_line"),
    ),
    without(
        "views are those of the moment that is asked for",
        _ASK,
        "THEN if wanted.as_of else NOW",
        "NOW",
        _route("test_things_are_read_as_they_were"),
    ),
    without(
        "the log holds no words",
        _ASK,
        "sha256(wanted.query.encode()).hexdigest()",
        "wanted.query",
        _route("test_the_log_holds_its_hash_and_never_its_words"),
    ),
)

_CONNECTION = (
    without("read only", _READER, "read read only", "read", _past_the_guard("test_all_of_it_is_read_only")),
    without(
        "one statement",
        _READER,
        "prepare=True",
        "prepare=False",
        _past_the_guard("test_a_second_statement_is_an_error"),
    ),
    without(
        "time",
        _READER,
        'connection.execute(_LEFT, [f"{max(1, int(1000 * (until - time.monotonic())))}ms"])',
        "pass",
        _past_the_guard("test_all_steps_share_the_time_of_one_query"),
    ),
    without(
        "time of all steps together",
        _READER,
        "(until - time.monotonic())",
        "5",
        _past_the_guard("test_all_steps_share_the_time_of_one_query"),
    ),
    without(
        "nobody sees its words while it runs",
        _READER,
        'return " " * shown',
        'return ""',
        _past_the_guard("test_who_asks_does_not_see_what_others_ask"),
    ),
    never("cost", _READER, "cost > _MOST_COST", _past_the_guard("test_what_is_hopeless_is_not_begun")),
    without(
        "what it costs is reckoned without its constants",
        _ASK,
        "query.generic,",
        "query.generic._replace(text=query.text, kinds=()),",
        _NEIGHBOURS,
    ),
    without("… which the planner does not know", _READER, " {_BLIND}", "", _NEIGHBOURS),
    without("… of words", _GENERIC, "return not isinstance(node.parent, exp.Join)", "return False", _OF_NOTHING),
    without("… of lists without anything", _GENERIC, " or _of_nothing(node):", ":", _OF_NOTHING),
    without("… of another SELECT", _GENERIC, "(id(query), ", "(0, ", _GENERIC_SAME),
    without("… which the parser adds", _GENERIC, "exp.Is | exp.Initcap", "exp.Is", _GENERIC_SAME),
    without("… of intervals", _GENERIC, '    exp.Interval: "interval",\n', "", _GENERIC_SAME),
    without(
        "… where rows are counted",
        _GENERIC,
        "return [one for one in inner if isinstance(one, exp.Query)]",
        "return []",
        _GENERIC_TEST,
    ),
    without("rows", _READER, "len(rows) == most_rows or ", "", _route("test_more_rows_than_wanted_are_told")),
    without(
        "bytes",
        _READER,
        " or size > _MOST_BYTES",
        "",
        _past_the_guard("test_no_more_is_fetched_than_an_answer_holds"),
    ),
    never(
        "few at once",
        _READER,
        "not self._room.acquire(blocking=False)",
        _past_the_guard("test_few_run_at_once_and_who_comes_then_is_told"),
    ),
    without(
        "backslashes are but backslashes",
        _READER,
        "-c standard_conforming_strings=on ",
        "",
        _past_the_guard("test_it_reads_a_text_as_the_guard_does_whatever_the_role_is_set_to"),
    ),
    without(
        "encoding",
        _READER,
        " -c client_encoding=utf8",
        "",
        _past_the_guard("test_it_reads_a_text_as_the_guard_does_whatever_the_role_is_set_to"),
    ),
)

_CLAIMS = (
    without(
        "claims are signed",
        _SQL,
        "sha256(convert_to(mac || left(token, 64), 'UTF8')) <> sha256(convert_to(mac || mac, 'UTF8'))\n        or ",
        "",
        _FORGED,
    ),
    without(
        "for one connection",
        _SQL,
        "(said::jsonb ->> 'backend')::integer <> pg_backend_pid()\n        or ",
        "",
        _FORGED,
    ),
    without(
        "for some time",
        _SQL,
        "\n        or (said::jsonb ->> 'expires')::numeric < extract(epoch from clock_timestamp())",
        "",
        _FORGED,
    ),
    without(
        "for two minutes at the most",
        _SQL,
        "least(seconds, 120)",
        "seconds",
        _past_the_guard("test_a_signature_lasts_two_minutes_at_the_most"),
    ),
    without(
        "who asks does not sign",
        _SQL,
        "revoke all on function contextfs.sign_claims(integer, integer), contextfs.signed(text), "
        "contextfs_then.moment(),\ncontextfs_secret.mac(text) from public;",
        "",
        _REFUSED,
    ),
    without(
        "who asks does not read the key",
        _SQL,
        "grant usage on schema contextfs_secret to contextfs_claims;\n"
        "grant select on contextfs_secret.signing_key to contextfs_claims;",
        "grant usage on schema contextfs_secret to contextfs_claims, contextfs_sql;\n"
        "grant select on contextfs_secret.signing_key to contextfs_claims, contextfs_sql;",
        _REFUSED,
    ),
    without(
        "who asks makes nothing",
        _SQL,
        "    execute format('revoke temporary on database %I from public', current_database());\n",
        "",
        _REFUSED,
    ),
)

_POLICIES = (
    without(
        "an organization's own",
        _SQL,
        "tenant text := 'org_id = (select contextfs.signed(''org_id'')::uuid)'",
        "tenant text := 'true'",
        _past_the_guard("test_a_table_shows_its_own_organization_alone"),
    ),
    without(
        "projects of who asks",
        _SQL,
        "project text := '(select",
        "project text := 'true or (select",
        _past_the_guard("test_a_table_shows_the_projects_of_who_asks_alone"),
    ),
    without("what is private", _SQL, "reader text := 'visibility", "reader text := 'true or visibility", _PRIVATE),
    *(
        without(
            f"what is private, of {table}",
            file,
            f"sql_reader on contextfs.{table} as restrictive for select to contextfs_sql using (\n    exists",
            f"sql_reader on contextfs.{table} as restrictive for select to contextfs_sql using (\n    true or exists",
            _PRIVATE,
        )
        for table, file in (("messages", _SQL), ("revisions", _SQL), ("message_versions", _VERSIONS))
    ),
    without(
        "an organization's own versions",
        _VERSIONS,
        "using (org_id = (select contextfs.signed('org_id')::uuid))",
        "using (true)",
        _SPELT,
    ),
    without(
        "versions of projects of who asks",
        _VERSIONS,
        "    (select contextfs.signed('all_projects')) = 'on'",
        "    true",
        _SPELT,
    ),
)

_VIEWS = tuple(
    without(
        f"a view sees what who asks may see: {place}.{view}",
        {("then", "messages"): _VERSIONS, ("then", "memories"): _THEN}.get((place, view), _SQL),
        f" view contextfs_{place}.{view} with (security_invoker = true) as",
        f" view contextfs_{place}.{view} as",
        _past_the_guard("test_a_view_shows_what_its_tables_do"),
    )
    for view in ("projects", "sessions", "messages", "memories", "revisions")
    for place in ("now", "then")
)

MUTANTS: tuple[Unchecked, ...] = (*_DOOR, *_CONNECTION, *_CLAIMS, *_POLICIES, *_VIEWS)
