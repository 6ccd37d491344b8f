"""The files of memories: seen cheaply, taken in as revisions, and brought into step with what is known."""
