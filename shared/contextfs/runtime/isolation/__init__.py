"""The prover of isolation: two hostile organizations, every route, and a table that can be filed."""
