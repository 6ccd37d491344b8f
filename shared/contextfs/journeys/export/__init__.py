"""Export: all that somebody may see, written into one file that can be read anywhere."""
