"""The outside: command line, supervisor, demo, bench, backup. Imported by nobody."""
