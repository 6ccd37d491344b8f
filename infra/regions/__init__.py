"""What both clouds' tables of regions are made of."""
