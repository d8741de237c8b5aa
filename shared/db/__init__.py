"""Engines, sessions and the context a transaction runs in."""
