"""The pool's range: what I may sell, on which conditions."""

from flask import Blueprint, g, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from pool_module.overview.queries import range as queries
from pool_module.products.rules import feature_pairs
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("products", __name__, template_folder="../templates")


@blueprint.get("/products")
@requires(Permission.OWN_PRODUCTS)
def index() -> Response:
    """List what the firm may sell, narrowed by line, insurer or a word."""
    session = db.session()
    actor = actor_of(session)
    rows = queries.range_of(session, actor, g.viewer.company_id, clock.today(g.viewer.time_zone))
    word = request.args.get("q", "").strip().casefold()
    line, insurer = request.args.get("line", type=int), request.args.get("insurer", type=int)
    shown = [
        row
        for row in rows
        if (line is None or row["line_id"] == line)
        and (insurer is None or row["insurer_id"] == insurer)
        and (not word or word in f"{row['name']} {row['insurer']}".casefold())
    ]
    return render(
        "products/index.html", rows=shown, all=rows, line=line, insurer=insurer,
        q=request.args.get("q", ""), lang=str(get_locale()),
    )  # fmt: skip


@blueprint.get("/products/<int:id>")
@requires(Permission.OWN_PRODUCTS)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name for a record
    """Show a product with features, documents, and the firm's rates today."""
    session = db.session()
    found = queries.get_offered(
        session, actor_of(session), g.viewer.company_id, id, clock.today(g.viewer.time_zone),
        language=str(get_locale()),
    )  # fmt: skip
    features = feature_pairs(found.head["Product"].features)
    return render("products/show.html", found=found, features=features, lang=str(get_locale()))
