"""The embedded PostgreSQL: where it lives, who runs it, how it starts and stops."""
