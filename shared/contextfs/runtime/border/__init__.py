"""The border of a region: a call that arrives here and belongs elsewhere is forwarded, or refused."""
