"""The graph in the local store: what its memories mention and state, by the rules of the server."""
