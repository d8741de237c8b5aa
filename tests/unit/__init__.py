"""Pure code only: no database, no network."""
