"""Where the server is and who calls it: addresses, keys, and logging in."""
