"""The feed of a project: what changed, in the order of the commits, for machines that follow."""
