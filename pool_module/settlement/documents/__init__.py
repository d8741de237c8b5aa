"""Papers of a settlement: the commission statement, its CSV, and the Ukrainian act of services.

Pure data in, bytes out; no database, web or clock. The same data gives the same bytes on any
machine, because an issued document never changes.
"""
