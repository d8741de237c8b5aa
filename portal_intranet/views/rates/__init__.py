"""Rates: every rank of rule, one form, what a change reaches, and which rate would apply."""

from portal_intranet.views.rates import board, changes, words
from portal_intranet.views.rates.blueprint import blueprint

__all__ = ["blueprint", "board", "changes", "words"]
