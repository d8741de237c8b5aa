"""Queries, operations and walls on a real PostgreSQL."""
