"""`ctx admin`: what an administrator of a server asks, a file for each thing that is governed."""
