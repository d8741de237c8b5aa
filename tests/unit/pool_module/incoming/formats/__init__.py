"""Readers and writers of insurers' files."""
