"""The Model Context Protocol: what a model may ask of a memory, and how it is answered."""
