"""Rooms of the pool: pure code."""
