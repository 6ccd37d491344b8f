"""What the routes are, told to programs: OpenAPI 3.1, and the truth table of permissions."""
