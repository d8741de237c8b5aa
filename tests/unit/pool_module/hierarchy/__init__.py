"""Tests of the hierarchy."""
