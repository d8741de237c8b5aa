"""Insurers, lines and products of the pool's range."""
