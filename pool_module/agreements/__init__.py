"""Commission agreements, rate rules and payment terms."""
