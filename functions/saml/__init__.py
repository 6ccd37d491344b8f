"""SAML 2.0: what an organization's identity provider reads of this server, and where it sends browsers."""
