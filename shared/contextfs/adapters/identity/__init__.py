"""Speaks to identity providers: OpenID Connect, and GitHub's OAuth. Loaded only where somebody signs in."""
