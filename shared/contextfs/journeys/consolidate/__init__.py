"""Consolidate: what is known twice becomes one, what was overtaken is closed, what is unsure waits for a person."""
