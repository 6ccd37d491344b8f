"""Where a serverless host finds its function: any target of the manifest, by name, loaded when it is asked for.

functions-framework --source main.py --target memories_get --asgi
functions-framework --source main.py --target triggers_index --asgi --signature-type cloudevent
"""

from typing import Any

from contextfs.runtime.functions_framework import target


def __getattr__(name: str) -> Any:
    """Give the function of a target's name (`memories_get`)."""
    return target(name)
