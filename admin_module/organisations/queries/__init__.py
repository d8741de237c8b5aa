"""Reading organisations, divisions, teams, and what hangs on them."""
