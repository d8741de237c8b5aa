"""What is decided about people, files and threads without asking anybody."""
