"""A firm comes in: with its first user, like a template firm, or by a list."""
