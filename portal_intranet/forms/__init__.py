"""Forms of the intranet."""
