"""The laptop: `.contextfs/` in a repository, which works offline, merges like git, and syncs with a server."""
