"""The local embedder, where it can be had: by its settings, with numpy, and with the model's file."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from contextfs.kit.errors import Unavailable

if TYPE_CHECKING:
    from contextfs.kit.ports import Embedder

MODEL_FILE = "all-MiniLM-L6-v2.int8.bin"

_NO_NUMPY = "semantic: numpy is not installed, so words alone were compared: pip install 'contextfs-platform[local]'"
_NO_MODEL = "semantic: no embedding model is installed, so words alone were compared"
OFF = 'semantic: switched off by embedder = "none" in .contextfs/config.toml, so words alone were compared'


def file(environment: Mapping[str, str]) -> Path:
    """Give the model's file: CONTEXTFS_MODEL, or the one in the home of this installation."""
    named = environment.get("CONTEXTFS_MODEL")
    home = environment.get("CONTEXTFS_HOME")
    return Path(named) if named else (Path(home) if home else Path.home() / ".contextfs") / "models" / MODEL_FILE


def local(model: Path) -> "Embedder":
    """Load the embedder of a model's file; Unavailable says why words alone are compared."""
    if not model.is_file():
        raise Unavailable(_NO_MODEL)
    try:
        from contextfs.adapters.embedders.minilm import MiniLM  # noqa: PLC0415 - numpy is loaded where it is there
    except ModuleNotFoundError:
        raise Unavailable(_NO_NUMPY) from None
    try:
        return MiniLM.load(model)
    except Unavailable as error:
        raise Unavailable(f"semantic: {error.detail}") from None
