"""Benches: what the house can carry, measured in one run."""
