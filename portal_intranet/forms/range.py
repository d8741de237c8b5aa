"""What lists of the range are narrowed by."""

from flask import g

from pool_module.products.queries import range as queries
from shared.db import actor_of
from shared.web.database import db
from shared.web.languages import current_language


def range_choices(what: str) -> list[tuple[str, str]]:
    """Insurers, lines or products to choose from; a request asks for all three once."""
    if "range_names" not in g:
        session = db.session()
        g.range_names = queries.range_names(session, actor_of(session), current_language())
    return [(str(row["id"]), row["name"]) for row in g.range_names if row["what"] == what]
