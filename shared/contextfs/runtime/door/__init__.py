"""The path of every call: who calls, what they may, one transaction, and what it leaves behind."""
