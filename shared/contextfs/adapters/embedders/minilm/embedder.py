"""MiniLM behind the Embedder port: texts in, vectors out, with numpy and nothing else."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from contextfs.adapters.embedders.minilm import weights
from contextfs.adapters.embedders.minilm.encoder import Encoder
from contextfs.adapters.embedders.minilm.wordpiece import WordPiece

MODEL = "all-MiniLM-L6-v2"
DIMENSIONS = 384
LICENCE = "Apache-2.0"
HEADS = 12
LONGEST = 256  # word pieces, `[CLS]` and `[SEP]` among them: what the model was trained to read
SHA256 = "68235ac690f39145f3f7135b6e77a0c826a94e42ad8d742d6210622483e2b44f"


class MiniLM:
    """The sentence embedder all-MiniLM-L6-v2. It does not cache and does not store; threads may share it."""

    model: str = MODEL
    dimensions: int = DIMENSIONS

    def __init__(self, wordpiece: WordPiece, encoder: Encoder) -> None:
        self._wordpiece = wordpiece
        self._encoder = encoder

    @classmethod
    def load(cls, path: Path) -> "MiniLM":
        """Read the model file that `build` made; Unavailable, with the cure, when it is missing or not that file."""
        tensors = weights.read(path, SHA256)
        vocabulary = tensors["vocabulary"].tobytes().decode().split("\n")
        return cls(WordPiece(vocabulary), Encoder(tensors, HEADS))

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give one unit-length vector for each text, in order: shape (texts, 384).

        Any text will do, the empty one too. Of a long one only the first 254 word pieces count.
        """
        return self._encoder([self._wordpiece(text, LONGEST) for text in texts])
