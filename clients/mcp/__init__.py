"""The memory as tools, resources and prompts of the Model Context Protocol, for any client that speaks it."""
