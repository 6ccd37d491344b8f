"""Databases: how the product reaches Postgres and SQLite, and how it brings its own Postgres along."""
