"""Which modules of the software a company has."""
