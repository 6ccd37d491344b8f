"""BLAKE2b for what is told apart by its content, as hashlib gives it, without loading OpenSSL beside it."""

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter that keeps it elsewhere
    from hashlib import blake2b

__all__ = ["blake2b"]
