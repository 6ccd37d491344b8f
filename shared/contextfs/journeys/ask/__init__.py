"""People ask their own data, in SQL."""
