"""Where functions-framework finds its functions: any target of the manifest, by name, loaded when it is asked for.

functions-framework --source main.py --target memories_create
functions-framework --source main.py --target triggers_index_memory
functions-framework --source main.py --target gateway
"""

from typing import Any

from contextfs.runtime.gcp import function


def __getattr__(name: str) -> Any:
    """Give the function of a target's name (`memories_create`; `gateway` answers every route)."""
    return function(name)
