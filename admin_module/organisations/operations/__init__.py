"""Organisations, divisions and teams, kept by people."""
