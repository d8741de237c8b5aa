"""What is asked across rooms: search, dashboard, work list, bell, journal."""
