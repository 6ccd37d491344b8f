"""Commands on the store of this folder: no account, no network."""
