"""Where traces and metrics go."""
