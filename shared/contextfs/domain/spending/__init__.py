"""What language models were asked, and what it cost."""
