"""A memory as a Markdown file: front matter with its fields, then its text."""
