"""Insurance contracts: shares, cuts and commission events."""
