"""Readers and writers of files as insurers send and want them. Pure."""
