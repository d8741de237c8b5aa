"""What a question means, and what follows from figures."""
