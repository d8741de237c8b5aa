"""What the insurers deliver for the open month, as files in the forms they really use."""
