"""The agents: how each is started without a person, and what it has to be told so that it asks our model."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.agents.model import PORT

HOST = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Agent:
    """An agent: the program, its command line for a prompt, and its settings as files below the user's folder."""

    name: str
    program: str
    command: Callable[[str], list[str]]
    go_on: Callable[[str], list[str]]
    """The command line that goes on with the last conversation."""
    files: dict[str, str] = field(default_factory=dict[str, str])
    env: dict[str, str] = field(default_factory=dict[str, str])
    reads: str = ""
    """The tool that its sessions are of, where that is another name."""
    before: tuple[list[str], ...] = ()
    """Command lines that tell it of our model, where files do not."""

    @property
    def tool(self) -> str:
        """Name the tool that its sessions are of."""
        return self.reads or self.name


def folder() -> Path:
    """Give where `make test-agents` put the agents."""
    return Path(os.environ.get("CONTEXTFS_AGENTS", "/nowhere"))


def found(program: str) -> Path | None:
    """Find an agent's program."""
    places = (folder() / "node_modules" / ".bin", *sorted(folder().glob("*/bin")))
    return next((place / program for place in places if (place / program).exists()), None)


CODEX = f"""
model = "mock-1"
model_provider = "mock"
[model_providers.mock]
name = "mock"
base_url = "{HOST}/v1"
wire_api = "responses"
env_key = "OPENAI_API_KEY"
"""
OPENCODE = {
    "model": "mock/mock-1",
    "provider": {
        "mock": {
            "npm": "@ai-sdk/openai-compatible",
            "name": "mock",
            "options": {"baseURL": f"{HOST}/v1", "apiKey": "none"},
            "models": {"mock-1": {"name": "mock-1"}},
        }
    },
}
LLM = f"- model_id: mock-1\n  model_name: mock-1\n  api_base: {HOST}/v1\n  api_key_name: mock\n"

_CODEX = [
    "codex",
    "exec",
    "--skip-git-repo-check",
    "--dangerously-bypass-hook-trust",
    "--sandbox",
    "danger-full-access",
]
_GEMINI = ["gemini", "--yolo", "--skip-trust", "-m", "gemini-2.5-flash"]
_QUIET = [
    "--no-check-update",
    "--no-show-model-warnings",
    "--no-show-release-notes",
    "--analytics-disable",
    "--no-pretty",
]
_AIDER = ["aider", "--model", "openai/mock-1", *_QUIET, "--yes-always", "--map-tokens", "0", "--no-gitignore"]

_OPENCODE = Agent(
    name="opencode",
    program="opencode",
    command=lambda prompt: ["opencode", "run", prompt],
    go_on=lambda prompt: ["opencode", "run", "-c", prompt],
    files={".config/opencode/opencode.json": json.dumps(OPENCODE)},
    env={"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1"},
)

HOOKED = (
    Agent(
        name="claude-code",
        program="claude",
        command=lambda prompt: ["claude", "-p", prompt],
        go_on=lambda prompt: ["claude", "-p", prompt, "--continue"],
    ),
    Agent(
        name="codex",
        program="codex",
        command=lambda prompt: [*_CODEX, prompt],
        go_on=lambda prompt: [*_CODEX, "resume", "--last", prompt],
        files={".codex/config.toml": CODEX},
    ),
    Agent(
        name="gemini",
        program="gemini",
        command=lambda prompt: [*_GEMINI, "-p", prompt],
        go_on=lambda prompt: [*_GEMINI, "--resume", "latest", "-p", prompt],
        files={".gemini/settings.json": json.dumps({"security": {"auth": {"selectedType": "gemini-api-key"}}})},
        env={"GEMINI_CLI_TRUST_WORKSPACE": "true"},
    ),
    Agent(
        name="copilot",
        program="copilot",
        command=lambda prompt: ["copilot", "--allow-all-tools", "-p", prompt],
        go_on=lambda prompt: ["copilot", "--allow-all-tools", "--continue", "-p", prompt],
        env={
            "COPILOT_OFFLINE": "true",
            "COPILOT_PROVIDER_BASE_URL": f"{HOST}/v1",
            "COPILOT_MODEL": "mock-1",
            "COPILOT_AUTO_UPDATE": "false",
        },
    ),
    _OPENCODE,
)
"""Those that ring by hooks."""

_CLINE = ["cline", "-P", "openai-compatible", "--json"]
RINGING = (
    Agent(
        name="cline",
        program="cline",
        command=lambda prompt: [*_CLINE, prompt],
        go_on=lambda prompt: [*_CLINE, prompt],
        before=(["cline", "auth", "-p", "openai-compatible", "-k", "none", "-m", "mock-1", "-b", f"{HOST}/v1"],),
    ),
)
"""Those that ring by hooks, and read nothing of what they are told."""

WRAPPED = (
    _OPENCODE,
    Agent(
        name="aider",
        program="aider",
        command=lambda prompt: [*_AIDER, "--message", prompt],
        go_on=lambda prompt: [*_AIDER, "--restore-chat-history", "--message", prompt],
    ),
    Agent(
        name="llm",
        program="llm",
        command=lambda prompt: ["llm", "-m", "mock-1", prompt],
        go_on=lambda prompt: ["llm", "-c", prompt],
        files={".config/io.datasette.llm/extra-openai-models.yaml": LLM},
        env={"LLM_MOCK_KEY": "none", "OPENAI_API_KEY": "none"},
    ),
)
"""Those that `ctx wrap` runs, whose own transcripts are read."""

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "SHELL": "/bin/bash",
    "USER": "ann",
    "CONTEXTFS_USER": "ann",
    "ANTHROPIC_BASE_URL": HOST,
    "ANTHROPIC_API_KEY": "none",
    "OPENAI_API_KEY": "none",
    "OPENAI_BASE_URL": f"{HOST}/v1",
    "OPENAI_API_BASE": f"{HOST}/v1",
    "GEMINI_API_KEY": "none",
    "GOOGLE_GEMINI_BASE_URL": HOST,
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "NO_UPDATE_NOTIFIER": "1",
}
