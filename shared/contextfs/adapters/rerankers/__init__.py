"""Models that read a question and a text together, and say how well the text answers it."""
