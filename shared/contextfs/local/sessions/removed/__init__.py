"""Sessions that a person removed: what they said is gone, and they do not come back by an import or a pull."""
