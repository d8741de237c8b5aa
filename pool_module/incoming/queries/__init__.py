"""The room's SQL: sets in, sets out, a handful of statements for any number of rows."""
