"""What the values of the vocabulary are called, in three languages."""
