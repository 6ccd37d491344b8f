"""Settings of other programs: our own lines come in and go again, and nothing else in them moves."""
