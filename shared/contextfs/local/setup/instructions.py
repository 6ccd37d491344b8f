"""Files in a repository that tell agents what to do: what a store begins beside, and may learn from."""

from pathlib import Path
from typing import Final

from contextfs.adapters.transcripts.files import found
from contextfs.local.setup.model import InstructionFound

_KNOWN: Final = (
    ("AGENTS.md", "several"),
    ("AGENTS.override.md", "codex"),
    (".rules", "zed"),
    ("CLAUDE.md", "claude-code"),
    ("CLAUDE.local.md", "claude-code"),
    (".claude/CLAUDE.md", "claude-code"),
    (".claude/rules/**/*.md", "claude-code"),
    ("GEMINI.md", "gemini"),
    (".cursorrules", "cursor"),
    (".cursor/rules/**/*.mdc", "cursor"),
    (".cursor/rules/**/*.md", "cursor"),
    (".github/copilot-instructions.md", "copilot"),
    (".github/instructions/**/*.instructions.md", "copilot"),
    (".windsurfrules", "windsurf"),
    (".windsurf/rules/**/*.md", "windsurf"),
    (".clinerules", "cline"),
    (".clinerules/**/*.md", "cline"),
    (".continuerules", "continue"),
    (".continue/rules/**/*.md", "continue"),
    ("CONVENTIONS.md", "aider"),
    (".junie/guidelines.md", "jetbrains"),
)


def instructions(root: Path) -> tuple[InstructionFound, ...]:
    """List the files with instructions for agents at the top of a repository, in a fixed order."""
    files: dict[Path, str] = {}
    for pattern, reader in _KNOWN:
        for path in found([(root, pattern)]):
            files.setdefault(path, reader)
    return tuple(
        InstructionFound(path=path.relative_to(root).as_posix(), reader=reader, size=path.stat().st_size)
        for path, reader in files.items()
    )
