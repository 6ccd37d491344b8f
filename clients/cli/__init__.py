"""The command line `ctx`."""
