"""The independent model of the settlement rules, held to the worked cases."""
