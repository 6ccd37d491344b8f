"""The kinds of things that a server has, a file for each: what `client.NAME` offers."""
