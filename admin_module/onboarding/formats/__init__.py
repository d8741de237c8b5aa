"""Lists of firms and people as files."""
