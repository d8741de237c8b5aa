"""The broker's face of the pool."""
