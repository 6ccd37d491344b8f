"""Sessions of the local store: conversations that were captured here, or that others shared."""
