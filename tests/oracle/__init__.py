"""An independent plain-Python model of the settlement rules, and random scenarios for it.

Nothing here imports the engine or anything else of the project: that is what makes it a proof.
"""
