"""Settlement on a real PostgreSQL."""
