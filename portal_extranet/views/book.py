"""The book of business: count and value, and the way down to a contract."""

from flask import Blueprint, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from pool_module.overview.queries import book as queries
from shared.db import actor_of
from shared.permissions import Permission
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("book", __name__, template_folder="../templates")


@blueprint.get("/book")
@requires(Permission.OWN_CONTRACTS)
def index() -> Response:
    """Show count and value, by line, insurer or adviser."""
    by = request.args.get("by", "line")
    dimension = by if by in queries.DIMENSIONS else "line"
    session = db.session()
    actor = actor_of(session)
    return render(
        "book/index.html",
        fragments={"book-rows": "rows"},
        book=queries.book_of(session, actor),
        rows=queries.book_by(session, actor, dimension),
        by=dimension,
        states=queries.IN_FORCE,
        name_of=f"name_{get_locale()}",
    )
