"""Tables as plain typed SQLAlchemy 2 models; no logic, no loading by surprise."""
