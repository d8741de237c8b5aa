"""Insurers' files: contracts, commission and application deliveries."""
