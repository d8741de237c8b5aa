"""Reading over several rooms."""
