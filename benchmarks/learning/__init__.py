"""How well it is learned: the junk gate, duplicates and contradictions, measured on labelled sets."""
