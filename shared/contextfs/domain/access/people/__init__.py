"""Who belongs to an organization: people and service accounts, each with a role and a reach."""
