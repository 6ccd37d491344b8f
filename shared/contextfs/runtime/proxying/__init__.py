"""The proxy as a route of the server: a program's own key goes on to the model, and what was said is its project's."""
