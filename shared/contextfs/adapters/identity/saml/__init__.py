"""SAML 2.0 as a service provider: a strict reader of what providers sign, and a writer of what we ask them.

What is believed is read from what a signature covers, never from the message around it. signxml computes signatures,
`cryptography` decrypts; what they leave to their callers, which parts have to be signed, by whom, and what they have to
say, is here.
"""
