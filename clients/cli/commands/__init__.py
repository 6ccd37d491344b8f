"""The commands, a file for each group of them; each is loaded when it is called."""
