"""Invitations: how somebody gets a login, and how he gets in again."""
