"""Pure code of settlement."""
