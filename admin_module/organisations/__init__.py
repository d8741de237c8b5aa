"""Organisations, divisions and teams; who works in them, who is limited to them."""
