"""Print one table: `python -m benchmarks.learning`. It takes no model, no database and no network."""

from benchmarks.learning.measures import SETS, consolidation, gate, table

print(table([gate(), *map(consolidation, SETS)]))
