"""The business of the pool, one room per process."""
