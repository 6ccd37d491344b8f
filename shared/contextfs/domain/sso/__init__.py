"""Single sign-on: an organization's identity provider, its domains, and who its people are there."""
