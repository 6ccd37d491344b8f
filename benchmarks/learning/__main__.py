"""Print one table: `python -m benchmarks.learning`. It takes no model, no database and no network."""

from benchmarks.learning.measures import GATES, SETS, consolidation, gate, table

print(table([*(gate(*one) for one in GATES.items()), *map(consolidation, SETS)]))
