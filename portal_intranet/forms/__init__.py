"""What people fill in, per room."""
