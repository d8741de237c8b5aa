"""Forms of the extranet."""
