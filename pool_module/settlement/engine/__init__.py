"""The set-based pipeline: .sql files named after the settlement rules, and what runs them."""
