"""Dispatch of jobs to RQ; what is to run stands in the outbox."""
