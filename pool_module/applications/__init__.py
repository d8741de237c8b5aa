"""Applications on their way to an insurer, from the draft to the answer."""
