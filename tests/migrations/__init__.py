"""Migrations: one line of revisions, up and down, and no drift."""
