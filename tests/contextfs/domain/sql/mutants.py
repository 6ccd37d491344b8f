"""Each check of the guard, taken out; beside it a query that is answered in another way then."""

from tests.contextfs.domain.sql.attacks import CUT_OFF
from tests.mutation import Unchecked, never, without

_GUARD, _COLUMNS, _TABLES = "domain/sql/guard.py", "domain/sql/columns.py", "domain/sql/tables.py"

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
    without(
        "what runs is checked", _GUARD, "        _checked(written, schema)\n", "", "select json_extract_path('{}')"
    ),
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
    without("no schema", _GUARD, "table.db != schema or ", "", "select * from contextfs.memories"),
    without("views alone", _GUARD, "table.name not in VIEWS", "False", "select * from pg_shadow"),
    never(
        "no name of the catalog",
        _GUARD,
        "cte.alias.startswith(RESERVED)",
        "with pg_class as (select 1) select * from pg_class",
    ),
    never(
        "names are short",
        _GUARD,
        "len(name.name.encode()) > _LONGEST_NAME",
        CUT_OFF,
    ),
    without(
        "views are found in their schema alone",
        _GUARD,
        "qualified(_checked(query), schema)",
        "_checked(query)",
        "select * from memories",
    ),
    without(
        "WITH names nothing outside of its query",
        _TABLES,
        "[(tree, frozenset())]",
        "[(tree, frozenset(cte.alias for cte in tree.find_all(exp.CTE)))]",
        "select * from api_keys, (with api_keys as (select 1) select * from api_keys) s",
    ),
    without(
        "a part of WITH is known to those that follow",
        _TABLES,
        "names[:at]",
        "names",
        "with audit_log as (select * from audit_log) select * from audit_log",
    ),
    without(
        "no function of a schema",
        _TABLES,
        "(node.db or not (isinstance(node.this, exp.Func) or node.name in known))",
        "not (isinstance(node.this, exp.Func) or node.name in known)",
        "select * from contextfs_secret.generate_series(1, 2)",
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
    never(
        "no function of a whole row",
        _COLUMNS,
        "source in tables and (name in OF_A_ROW or name.startswith(RESERVED))",
        "select n.pg_typeof from memories n, (select n.pg_typeof from generate_series(1, 2) n(pg_typeof)) x",
    ),
    without(
        "a column that every one declares",
        _COLUMNS,
        "rows.get(source.alias, declared) & declared",
        "rows.get(source.alias, declared) | declared",
        "select n.pg_sleep from generate_series(1, 5) n, (select n.pg_sleep from generate_series(1, 2) n(pg_sleep)) x",
    ),
    without(
        "a name of its own is no column",
        _COLUMNS,
        "frozenset(source.alias_column_names) or _undeclared(source)",
        "frozenset({*source.alias_column_names, source.alias})",
        "select pg_sleep.pg_sleep from generate_series(1, 5) as pg_sleep(a)",
    ),
    without(
        "a function may call its column itself",
        _COLUMNS,
        " and _called(source) in CALLED_AS_WANTED",
        "",
        "select pg_sleep.pg_sleep from jsonb_array_elements('[1]') as pg_sleep",
    ),
    without(
        "of more than one list there is more than one column",
        _COLUMNS,
        " if one and ",
        " if ",
        "select pg_ls_dir.pg_ls_dir from unnest(array['/'], array['/']) as pg_ls_dir",
    ),
    without(
        "rows without a name get one",
        _GUARD,
        "name_rows(_quoted(_one(query)))",
        "_quoted(_one(query))",
        "select 1 from (select generate_series.lo_get from generate_series(1, 5)) x, memories as generate_series",
    ),
    without(
        "unnest is a function",
        _COLUMNS,
        "isinstance(source, exp.Unnest) or ",
        "",
        "select t.current_setting from unnest(array['app.signed_claims']) as t",
    ),
)
