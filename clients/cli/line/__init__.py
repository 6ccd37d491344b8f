"""The command line: what a command takes, and how that is read and explained."""
