"""Calls over HTTP: encode, send, try again if that can help, decode, and raise errors."""
