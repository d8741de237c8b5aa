"""The staff's face of the pool."""
