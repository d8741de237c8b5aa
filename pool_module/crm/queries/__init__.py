"""Reading and finding customers, documents, threads and tasks."""
