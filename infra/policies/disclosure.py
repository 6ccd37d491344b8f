"""No secret is written down in the open: whatever comes of a password is marked as a secret, in every input.

And no program has one among its variables, which whoever may look at the program can read: variables name secrets.
"""

import re
from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import everywhere
from infra.preview.recording import SECRET, Recording, Resource

_SECRET_NAME = re.compile(r"(password|secretData|secretString|authToken|privateKey)$", re.IGNORECASE)
_VARIABLES = ("environment", "template", "serviceConfig", "containerDefinitions")
"""The inputs in which functions, services, jobs and tasks have their variables."""
_MADE = "random:index/randomPassword:RandomPassword"


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell where a secret can be read in the plan's inputs."""
    del plan
    made = {password.urn for password in recording.of(_MADE)}
    for resource in recording.resources:
        if resource.type == _MADE or not resource.custom:
            continue
        if any(value == SECRET for name in _VARIABLES for _, value in everywhere(resource.inputs.get(name))):
            yield f"{resource.label} has a secret among its variables: let a variable name it"
        for path, value in everywhere(resource.inputs):
            last = path.rsplit(".", 1)[-1]
            if _SECRET_NAME.search(last) and isinstance(value, str) and value != SECRET:
                yield f"{resource.label}{path} holds a secret in the open"
        for name, sources in resource.property_dependencies.items():
            if made & set(sources) and not _hidden(resource, name):
                yield f"{resource.label}.{name} is made of a password, and is not marked as a secret"


def _hidden(resource: Resource, name: str) -> bool:
    value: Any = resource.inputs.get(name)
    return any(item == SECRET for _, item in everywhere(value))
