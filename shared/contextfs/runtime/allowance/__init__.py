"""The allowance step of the door: how much a caller, an organization and an address may do in a time."""
