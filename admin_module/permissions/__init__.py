"""What roles may do: everywhere, on a level of companies, or in one of them."""
