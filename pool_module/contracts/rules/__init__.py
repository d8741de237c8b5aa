"""What is decided about contracts without asking anybody."""
