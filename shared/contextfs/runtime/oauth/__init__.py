"""OAuth 2.1: how programs get a credential, by a protocol whose requests are forms and whose errors are its own."""
