"""Where Cline and its kin (Roo Code, Kilo Code) keep their tasks.

Cline's command: `~/.cline/data/sessions/<id>/<id>.messages.json`. The editor extensions:
`<User>/globalStorage/<extension>/tasks/<id>/api_conversation_history.json`.
"""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import editors, profile

PATTERNS = ("*.messages.json", "api_conversation_history.json")
ABOUT = "about"
SHOWN = "ui_messages.json"
EXTENSIONS = ("saoudrizwan.claude-dev", "rooveterinaryinc.roo-cline", "kilocode.kilo-code")
_MESSAGES = ".messages.json"


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `platform` is spelled as `sys.platform`."""
    root = Path(env["CLINE_DIR"]) if env.get("CLINE_DIR") else profile(home, env, platform) / ".cline"
    users = editors(home, env, platform)
    tasks = [user / "globalStorage" / extension / "tasks" for user in users for extension in EXTENSIONS]
    of_extensions = [(folder, "*/api_conversation_history.json") for folder in tasks]
    return [(root / "data" / "sessions", f"*/*{_MESSAGES}"), *of_extensions]


def beside(path: Path) -> dict[str, Path]:
    """Give the file that says what a session is, or what the editor showed of a task: it has the tokens."""
    if path.name.endswith(_MESSAGES):
        return {ABOUT: path.with_name(f"{path.name.removesuffix(_MESSAGES)}.json")}
    return {SHOWN: path.with_name(SHOWN)}
