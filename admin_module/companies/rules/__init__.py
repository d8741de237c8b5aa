"""What holds for identifiers and for keeping: pure."""
