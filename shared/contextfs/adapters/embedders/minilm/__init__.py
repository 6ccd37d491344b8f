"""The local embedder: all-MiniLM-L6-v2 (Apache-2.0) from one int8 file, by numpy alone."""

from contextfs.adapters.embedders.minilm.embedder import DIMENSIONS, MODEL, MiniLM

__all__ = ["DIMENSIONS", "MODEL", "MiniLM"]
