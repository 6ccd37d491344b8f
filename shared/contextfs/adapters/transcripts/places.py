"""Where programs keep a user's files, on each operating system."""

from collections.abc import Iterator, Mapping
from pathlib import Path

EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")
"""Editors of the VS Code family, as their folders are called."""


def profile(home: Path, env: Mapping[str, str], platform: str) -> Path:
    """Give the folder of the user; on Windows it may be named by `USERPROFILE`."""
    return Path(env["USERPROFILE"]) if platform == "win32" and env.get("USERPROFILE") else home


def settings(home: Path, env: Mapping[str, str], platform: str) -> Path:
    """Give the folder of programs' settings: `~/.config`, `Application Support` or `%APPDATA%`."""
    match platform:
        case "darwin":
            return home / "Library" / "Application Support"
        case "win32":
            return Path(env.get("APPDATA") or profile(home, env, platform) / "AppData" / "Roaming")
        case _:
            return Path(env.get("XDG_CONFIG_HOME") or home / ".config")


def data(home: Path, env: Mapping[str, str], platform: str) -> Path:
    """Give the folder of programs' data: `~/.local/share`, `Application Support` or `%LOCALAPPDATA%`."""
    match platform:
        case "darwin":
            return home / "Library" / "Application Support"
        case "win32":
            return Path(env.get("LOCALAPPDATA") or profile(home, env, platform) / "AppData" / "Local")
        case _:
            return Path(env.get("XDG_DATA_HOME") or home / ".local" / "share")


def chosen(name: str, usual: str, home: Path, env: Mapping[str, str], platform: str) -> Path:
    """Give the folder that a variable names, else `usual` in the user's folder."""
    named = env.get(name, "").strip()
    if not named:
        return profile(home, env, platform) / usual
    return home / named[2:] if named.startswith("~/") else Path(named)


def editors(home: Path, env: Mapping[str, str], platform: str, names: tuple[str, ...] = EDITORS) -> Iterator[Path]:
    """Give the `User` folders of editors, there or not, on this machine and on the far side of a remote session."""
    for name in names:
        yield settings(home, env, platform) / name / "User"
    yield profile(home, env, platform) / ".vscode-server" / "data" / "User"
    yield profile(home, env, platform) / ".vscode-server-insiders" / "data" / "User"
    yield profile(home, env, platform) / ".local" / "share" / "code-server" / "User"
