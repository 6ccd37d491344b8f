"""Who calls: each kind of credential is looked for, and let in, in its way."""
