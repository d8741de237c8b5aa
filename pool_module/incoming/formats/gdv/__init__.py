"""GDV-Datensatz VU-Vermittler: contracts, premium collection with commission, applications."""
