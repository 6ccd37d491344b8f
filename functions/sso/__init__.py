"""Single sign-on: how an organization's people become known."""
