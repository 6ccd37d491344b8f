"""Language models, each behind the one port."""
