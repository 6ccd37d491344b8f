"""What messages said before: a record that is read in a better way changes its message, and loses nothing."""
