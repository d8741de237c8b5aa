"""Reading across the pool's rooms; whose rows an actor may see stands in every query."""
