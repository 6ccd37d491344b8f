"""Where buckets are counted: in Postgres, in what speaks the Redis protocol, or in this process alone."""
