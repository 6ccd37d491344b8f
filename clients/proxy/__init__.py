"""The capture proxy: passes a program's requests on to a model as they come, and keeps what was said."""
