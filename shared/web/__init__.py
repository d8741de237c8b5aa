"""What both portals share of the web: rendering, sessions, errors."""
