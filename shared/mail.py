"""Mail out, from a job."""
