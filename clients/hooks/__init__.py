"""Live hooks: a tool rings when something happens in a conversation, and is never kept waiting, whatever is broken."""
