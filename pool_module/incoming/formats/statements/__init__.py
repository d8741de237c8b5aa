"""Commission statements as tables: CSV and XLSX in the shapes insurers and pools send."""
