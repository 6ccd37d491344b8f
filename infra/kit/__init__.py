"""What both clouds' components are made of."""
