"""Pages of the intranet through a client."""
