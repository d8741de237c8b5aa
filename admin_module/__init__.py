"""The house itself: companies, people, organisations, accounts."""
