"""Whose rows an actor may see: the fast path beside row-level security."""
