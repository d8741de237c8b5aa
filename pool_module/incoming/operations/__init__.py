"""What the room does with deliveries: import, resolve, write registers. Nothing commits here."""
