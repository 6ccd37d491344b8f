"""Where Claude Code keeps its transcripts: `<root>/projects/<folder of the project>/<session>.jsonl`."""

from collections.abc import Mapping
from pathlib import Path

PATTERNS = ("*.jsonl",)
_SUBAGENT = "agent-"


def roots(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the configuration folders to look in; `platform` is spelled as `sys.platform`.

    `CLAUDE_CONFIG_DIR` replaces the usual folders, and may name several, separated by commas.
    """
    parts = (part.strip() for part in env.get("CLAUDE_CONFIG_DIR", "").split(","))
    chosen = [home / part[2:] if part.startswith("~/") else Path(part) for part in parts if part]
    profile = Path(env["USERPROFILE"]) if platform == "win32" and env.get("USERPROFILE") else home
    config = Path(env["XDG_CONFIG_HOME"]) if env.get("XDG_CONFIG_HOME") else profile / ".config"
    return chosen or [profile / ".claude", config / "claude"]


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; the desktop app keeps one configuration folder for each of its own sessions."""
    usual = [(root / "projects", "*/*.jsonl") for root in roots(home, env, platform)]
    desktop = _desktop(home, env, platform)
    return [*usual, (desktop, "**/.claude/projects/*/*.jsonl")] if desktop else usual


def is_session(path: Path) -> bool:
    """Tell whether the file is a session: older versions put subagents' files beside it."""
    return not path.name.startswith(_SUBAGENT)


def _desktop(home: Path, env: Mapping[str, str], platform: str) -> Path | None:
    match platform:
        case "darwin":
            data = home / "Library" / "Application Support"
        case "win32":
            data = Path(env.get("APPDATA") or home / "AppData" / "Roaming")
        case _:
            return None
    return data / "Claude" / "local-agent-mode-sessions"
