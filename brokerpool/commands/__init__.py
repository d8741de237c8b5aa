"""One module per command; ``brokerpool.cli`` names them."""
