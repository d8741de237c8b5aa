"""The outside: servers, roles, command line, supervisor; with real processes."""
