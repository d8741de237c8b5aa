"""The pool's rooms: what is pure in them."""
