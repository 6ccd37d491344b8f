"""The nouns of the product, one room each: what they are and the pure rules that they obey."""
