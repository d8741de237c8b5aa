"""What an auditor asks: samples followed to their sources, papers unchanged, a period's data."""
