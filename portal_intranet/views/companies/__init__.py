"""Companies: found, onboarded, proved, paid, left."""

from portal_intranet.views.companies import (
    book,
    coming,
    gates,
    lists,
    money,
    proving,
)
from portal_intranet.views.companies.room import blueprint

__all__ = ["blueprint", "book", "coming", "gates", "lists", "money", "proving"]
