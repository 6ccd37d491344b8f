"""Memories as rows of a table: in the pages of an index a row of more than a kilobyte took a page of its own."""
