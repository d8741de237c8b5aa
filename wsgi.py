"""The two callables a web server runs."""
