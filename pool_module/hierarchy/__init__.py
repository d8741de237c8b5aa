"""The sales hierarchy: producers, placements, careers."""
