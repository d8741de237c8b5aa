"""The demo pool "Nordlicht": invented, coherent, and the same on every machine.

``world`` and what it stands on draw the pool without a database; ``loading`` writes it month by
month and settles each month with the real operations.
"""
