"""Which names of a query are those of stored tables, as Postgres tells them from what the query names itself.

What WITH names is known in the query that has the WITH and to the parts that follow; inside a part itself only where it
says RECURSIVE. Anywhere else the same name is looked for among stored tables, in pg_catalog first. Source: "WITH
Clause" in the reference of SELECT, https://www.postgresql.org/docs/current/sql-select.html.
"""

from collections.abc import Iterator

from sqlglot import exp

_Known = frozenset[str]


def stored(tree: exp.Query) -> Iterator[exp.Table]:
    """Give each table that no WITH names where it stands, and what has a schema."""
    waiting: list[tuple[exp.Expr, _Known]] = [(tree, frozenset())]
    while waiting:
        node, known = waiting.pop()
        if isinstance(node, exp.Table) and (node.db or not (isinstance(node.this, exp.Func) or node.name in known)):
            yield node
        children = list(node.iter_expressions())
        for named in children:
            if isinstance(named, exp.With):
                waiting += _parts(named, known)
                known = known.union(cte.alias for cte in named.expressions)
        waiting += [(child, known) for child in children if not isinstance(child, exp.With)]


def qualified(tree: exp.Query, schema: str) -> exp.Query:
    """Write the schema before each stored table, so that it is found nowhere else."""
    for table in list(stored(tree)):
        table.set("db", exp.to_identifier(schema, quoted=True))
    return tree


def _parts(named: exp.With, known: _Known) -> Iterator[tuple[exp.Expr, _Known]]:
    """Give each part of a WITH, with the names that are known inside it."""
    names = [cte.alias for cte in named.expressions]
    for at, cte in enumerate(named.expressions):
        yield cte, known.union(names if named.recursive else names[:at])
