"""Every part of the kit on pages with invented data, to be looked at and tested; no database."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, request

from shared.config import Config
from shared.db.accounts import SignedIn
from shared.vocabulary import Door
from shared.web import bell
from shared.web.access import public
from shared.web.app import make_app
from shared.web.htmx import render
from tests.web.patterns import data

PAGES = {
    Door.INTRANET: ("patterns", "dashboard", "contracts", "run"),
    Door.EXTRANET: ("broker",),
}
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"  # never connected to


def make_patterns(door: Door, home: Path) -> Flask:
    """An app of a door with the pattern pages, everybody's."""
    pages = Blueprint("patterns", __name__, template_folder="templates")
    pages.add_url_rule("/<name>", "page", public(_page))
    pages.add_url_rule("/search", "search", public(lambda: _fragment("hits")))
    pages.add_url_rule("/drawer", "drawer", public(lambda: _fragment("explanation")))
    pages.add_url_rule("/job", "job", public(lambda: _fragment("job")))
    pages.add_url_rule("/undo", "undo", public(lambda: _fragment("undone")), methods=["POST"])
    bases, keys = {door: f"http://{door}.localhost"}, {door: "x" * 43}
    config = Config(home, None, {door: NOWHERE}, None, home, bases, keys)
    app = make_app(f"{__name__}.{door}", door, [pages], config)
    app.before_request(_somebody)
    # the bell asks the database; here its figure is invented
    known = app.template_context_processors[None]
    known[:] = [processor for processor in known if processor.__module__ != bell.__name__]
    app.context_processor(lambda: _surroundings(door))
    return app


def _somebody() -> None:
    staff = request.host.startswith("intranet")
    name = "Jana Brandt" if staff else "Miriam Kessler"
    g.viewer = SignedIn(
        account_id=1,
        email=f"{name.split(maxsplit=1)[0].lower()}@nordlicht.example",
        written_as=f"{name.split(maxsplit=1)[0].lower()}@nordlicht.example",
        name=name,
        language=request.args.get("language", ""),  # else the browser's
        theme=request.args.get("theme"),
        density=request.args.get("density"),
        shortcuts=True,
        bell_seen_at=None,
        role="accountant" if staff else "broker",
        pool_id=1,
        pool_name="Nordlicht",
        time_zone="Europe/Berlin",
        company_id=1,
        company_name="Nordlicht Pool" if staff else "Kessler & Partner",
        firm_ids=(),
    )


def _surroundings(door: Door) -> dict[str, Any]:
    return {
        "menu": data.menu(door, request.path),
        "unread": 3,
    }


def _page(name: str) -> Response:
    if not any(name in names for names in PAGES.values()):
        abort(404)
    return render(f"{name}.html", **data.DATA)


def _fragment(name: str) -> Response:
    return render(f"_{name}.html", **data.DATA)
