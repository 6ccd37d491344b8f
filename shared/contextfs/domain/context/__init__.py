"""Context packs: which memories a conversation is handed, and how they are written."""
