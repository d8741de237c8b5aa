"""Settling: calculate, approve, close; and scenarios that do it in a throw-away pool."""
