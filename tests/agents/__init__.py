"""The real agents, from their registries, against a model that answers on this machine alone."""
