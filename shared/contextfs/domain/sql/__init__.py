"""Direct SQL: what people may ask of their own data, in their own words."""
