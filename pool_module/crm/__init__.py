"""Customers, documents, threads and tasks: what is kept about people, and said to them."""
