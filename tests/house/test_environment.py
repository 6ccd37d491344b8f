"""Time, chance and the environment come in by argument: only those who build things look for themselves."""

import pytest

from tests.house.source import Module, module, modules

READS_ENVIRONMENT = (
    "shared/contextfs/runtime/wiring.py",
    "shared/contextfs/runtime/serve.py",
    "shared/contextfs/runtime/aws.py",
    "shared/contextfs/runtime/gcp.py",
    "shared/contextfs/runtime/job.py",
    "shared/contextfs/runtime/targets.py",
    "shared/contextfs/runtime/stack/",
    "shared/contextfs/runtime/supervisor.py",
    "shared/contextfs/client/",
    "shared/contextfs/adapters/database/embedded/",
    "shared/contextfs/adapters/embedders/minilm/build.py",
    "shared/contextfs/local/git.py",
    "clients/",
    # What lies in a bundle runs by itself, and its maker looks for the model as `ctx` does.
    "infra/bundle/install.py",
    "infra/bundle/__main__.py",
)
MAKES_CHANCE = (
    "shared/contextfs/kit/clock.py",
    "shared/contextfs/runtime/",
    "shared/contextfs/client/",
    "shared/contextfs/adapters/",
    # When we looked at a file is told by the clock that its own time is told by.
    "shared/contextfs/local/folder/",
    "clients/",
)
ENVIRONMENT = ("os.environ", "os.getenv")
CHANCE = ("datetime.now", "datetime.utcnow", "time.time", "uuid4", "uuid.uuid4", "os.urandom", "random.", "secrets.")


def faults(one: Module) -> list[str]:
    told: list[str] = []
    for line, text in enumerate(one.text.splitlines(), start=1):
        code = text.split("#", 1)[0]
        if any(word in code for word in ENVIRONMENT) and not one.path.startswith(READS_ENVIRONMENT):
            told.append(f"{one.path}:{line} reads the environment")
    for name, call in one.calls():
        if name.startswith(CHANCE) and not one.path.startswith(MAKES_CHANCE):
            told.append(f"{one.path}:{call.lineno} calls {name}")
    return told


@pytest.mark.parametrize("text", ["x = os.environ['A']", "x = datetime.now(UTC)", "x = uuid4()", "x = os.urandom(8)"])
def test_the_rule_can_be_broken(text: str) -> None:
    assert len(faults(module(text, "shared/contextfs/domain/seeded.py"))) == 1


def test_no_module_breaks_it() -> None:
    assert [fault for one in modules() for fault in faults(one)] == []
