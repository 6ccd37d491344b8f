"""How a door is hung: the table, the one path of every call, and the hosts it runs under."""
