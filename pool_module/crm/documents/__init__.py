"""Documents made here."""
