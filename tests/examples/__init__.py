"""Worked settlements as files: a scenario and what comes out of it."""
