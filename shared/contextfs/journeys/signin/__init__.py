"""Sign in: somebody becomes known, in a browser or by what their organization's identity provider says."""
