"""Scenario files: facts and settlements, step by step."""
