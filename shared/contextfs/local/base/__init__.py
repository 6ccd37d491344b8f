"""The local database: SQLite in `.contextfs/local/index.db`. It can be made again from the files and the server."""
