"""What a delivery means, decided without a database."""
