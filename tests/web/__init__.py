"""The portals through a client."""
