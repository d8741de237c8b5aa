"""Accounts: who may come in, and who no longer."""
