"""Embedders: what turns texts into vectors behind the Embedder port."""
