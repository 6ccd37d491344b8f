"""The plugin for Claude Code says the same as `ctx install` and `ctx mcp install` write."""

import json
import re
import tomllib
from pathlib import Path

from clients.hooks.targets import TARGETS

ROOT = Path(__file__).parent.parent.parent.parent
PLUGIN = ROOT / "clients" / "plugins" / "claude-code"


def test_its_hooks_are_those_that_are_installed() -> None:
    hooks = json.loads((PLUGIN / "hooks" / "hooks.json").read_text())["hooks"]
    [target] = [one for one in TARGETS if one.name == "claude-code"]

    assert list(target.events) == list(hooks)
    assert {event: f"ctx hook claude-code {event} || true" for event in hooks} == {
        event: item["hooks"][0]["command"] for event, [item] in hooks.items()
    }


def test_its_version_is_ours_and_its_marketplace_names_it() -> None:
    plugin = json.loads((PLUGIN / ".claude-plugin" / "plugin.json").read_text())
    market = json.loads((PLUGIN.parent / ".claude-plugin" / "marketplace.json").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert (project["version"], project["license"]) == (plugin["version"], plugin["license"])
    assert ["./claude-code"] == [one["source"] for one in market["plugins"]]
    assert plugin["name"] == market["plugins"][0]["name"]


def test_its_commands_call_tools_that_there_are() -> None:
    from contextfs.adapters.mcp.tools import TOOLS  # noqa: PLC0415 - the rest needs none of it

    told = "".join(file.read_text() for file in (PLUGIN / "commands").glob("*.md"))

    assert set(re.findall(r"contextfs_\w+", told)) <= {tool.name for tool in TOOLS}
