"""Directories: who may tell of the organization's people by SCIM."""
