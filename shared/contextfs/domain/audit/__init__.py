"""Who did what: the audit log, and the chain that tells when somebody changed it."""
