"""Wrong tries: a credential that is wrong again and again has to wait at that address, and is locked for minutes."""
