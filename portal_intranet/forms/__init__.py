"""Forms of the staff portal."""
