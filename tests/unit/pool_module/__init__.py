"""Pure code of the pool."""
