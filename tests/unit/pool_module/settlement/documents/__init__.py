"""Statement, act and CSV."""
