"""What RQ runs for settlement: ids in, one call into operations, safe to run twice."""
