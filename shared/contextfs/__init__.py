"""ContextFS: the memory layer for AI conversations."""
