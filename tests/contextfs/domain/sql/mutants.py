"""Each check of the guard, taken out; beside it a query that is answered in another way then."""

from tests.mutation import Unchecked, never, without

_GUARD, _COLUMNS = "domain/sql/guard.py", "domain/sql/columns.py"

MUTANTS: tuple[Unchecked, ...] = (
    without("one statement", _GUARD, " or len(statements) != 1", "", "select 1; select 2"),
    without("a SELECT", _GUARD, "not isinstance(statements[0], exp.Query)", "False", "values (1)"),
    without("no zero byte", _GUARD, '"\\x00" in query or ', "", "select 1\x00"),
    without("names are folded", _GUARD, "name.name.lower()", "name.name", "select N.id from memories as n"),
    without("names stand in quotes", _GUARD, 'name.set("quoted", True)', "pass", "select current_role"),
    without("comments are left out", _GUARD, "comments=False", "comments=True", "select 1 /* a */"),
    without(
        "what cannot be written is told",
        _GUARD,
        "ErrorLevel.RAISE",
        "ErrorLevel.IGNORE",
        "select first_value(id) ignore nulls over (order by id) from memories",
    ),
    without("what runs is checked", _GUARD, "        _checked(written)\n", "", "select json_extract_path('{}')"),
    never(
        "a word is a word",
        _GUARD,
        "not _WORD.fullmatch(node.name)",
        "select date_part('epoch from current_timestamp), 1, extract(epoch', now())",
    ),
    never("functions by their word", _GUARD, "node.name.lower() not in WORDS", "select pg_sleep(10)"),
    without(
        "functions and parts by their kind",
        _GUARD,
        "type(node) not in FUNCTIONS and type(node) not in NODES",
        "False",
        "select repeat('x', 1000000000)",
    ),
    never("types", _GUARD, "node.this not in CASTS", "select 'contextfs.memories'::regclass"),
    without("a length is short", _GUARD, " or int(node.this.name) > _LONGEST_TYPE", "", "select 'x'::char(10000000)"),
    without("no schema", _GUARD, "table.db or table.catalog or ", "", "select * from contextfs.memories"),
    without(
        "views alone",
        _GUARD,
        "(table.name not in VIEWS and table.name not in own)",
        "False",
        "select * from pg_shadow",
    ),
    without(
        "deep nesting is told",
        _GUARD,
        "except RecursionError:",
        "except ZeroDivisionError:",
        "select " + "(" * 5000 + "1" + ")" * 5000,
    ),
    without(
        "columns are looked at",
        _GUARD,
        "    check_columns(tree)\n",
        "",
        "select n.pg_sleep from generate_series(1, 5) n",
    ),
    never("no schema of a column", _COLUMNS, 'column.args.get("db")', "select contextfs_now.memories.id from memories"),
    never(
        "no function as a column",
        _COLUMNS,
        "source in rows and name not in (rows[source] | _OF_ROWS)",
        "select t.current_setting from unnest(array['app.signed_claims']) as t",
    ),
    never(
        "what has a column has a name",
        _COLUMNS,
        "source and source not in rows and source not in tables",
        "select x.pg_sleep from generate_series(1, 5)",
    ),
    without(
        "a column that every one declares",
        _COLUMNS,
        "rows.get(alias, declared) & declared",
        "rows.get(alias, declared) | declared",
        "select n.pg_sleep from generate_series(1, 5) n, (select n.pg_sleep from generate_series(1, 2) n(pg_sleep)) x",
    ),
    without(
        "a name of its own is no column",
        _COLUMNS,
        "frozenset(source.alias_column_names) or frozenset({alias})",
        "frozenset({*source.alias_column_names, alias})",
        "select pg_sleep.pg_sleep from generate_series(1, 5) as pg_sleep(a)",
    ),
    without(
        "rows without a name have the function's",
        _COLUMNS,
        "source.alias or _called(source)",
        "source.alias",
        "select 1 from (select generate_series.pg_sleep from generate_series(1, 5)) x, memories as generate_series",
    ),
    without(
        "unnest is a function",
        _COLUMNS,
        "isinstance(source, exp.Unnest) or ",
        "",
        "select t.pg_read_file from memories m, unnest(m.tags) as t",
    ),
)
