"""Settlement: what is pure in it."""
