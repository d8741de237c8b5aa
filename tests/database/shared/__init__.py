"""The shared kit on a real database."""
