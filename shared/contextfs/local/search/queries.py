"""The named statements of local search."""

from contextfs.kit.sql import load

SQL = load("contextfs.local.search", "sqlite.sql")
