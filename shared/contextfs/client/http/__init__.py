"""Calls over HTTP: encoded, sent, tried again where that can help, decoded, and their errors raised."""
