"""Reads a stack's file as the Pulumi CLI does: values as text, lists and objects as JSON."""

import json
from pathlib import Path
from typing import Any

import yaml

from infra.config import Refused

FOLDER = Path(__file__).parent.parent / "stacks"


def names() -> list[str]:
    """The stacks that have a file."""
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in FOLDER.glob("Pulumi.*.yaml"))


def values(stack: str, folder: Path = FOLDER) -> dict[str, str]:
    """Give the values of a stack; Refused when there is no such file or it is not readable."""
    file = folder / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        raise Refused(f"There is no stack {stack!r}: choose from {', '.join(names())}, or add {file.name}.")
    try:
        read: dict[str, Any] | None = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Refused(f"{file.name} is not YAML: {' '.join(str(error).split())}.") from error
    config: dict[str, Any] = (read or {}).get("config") or {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
