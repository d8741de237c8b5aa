"""Pages of the extranet."""
