"""What people hold: programs that talk to a ContextFS server."""
