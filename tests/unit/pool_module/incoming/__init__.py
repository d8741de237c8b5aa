"""The incoming room: pure code."""
