"""The ports on one machine: no account, no network."""
