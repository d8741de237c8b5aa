"""Keeping customers, documents, threads and tasks."""
