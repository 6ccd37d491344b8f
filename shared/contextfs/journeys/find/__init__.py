"""Find: passages are made, searched, and the few that matter are packed for the next conversation."""
