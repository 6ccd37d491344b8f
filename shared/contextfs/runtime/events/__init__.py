"""The path of every event: looked for, taken once, worked on, carried on."""
