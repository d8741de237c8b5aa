"""What is payable and receivable: items of statements and deliveries, and when they are due."""
