"""Where organizations live, among the regions of an installation."""
