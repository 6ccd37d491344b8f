"""Direct SQL: any SELECT over the documented views of one's own data."""
