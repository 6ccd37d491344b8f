"""`/mcp`: the tools of `adapters/mcp` over streamable HTTP, in front of the same doors, with the same keys."""
