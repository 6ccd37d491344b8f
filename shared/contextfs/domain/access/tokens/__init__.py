"""Access tokens: what a key or a login is changed for, to do less, in one project, for an hour at the most."""
