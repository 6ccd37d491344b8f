"""Retrieval on labelled conversations, next to other systems, without any LLM: `python -m benchmarks.retrieval`."""
