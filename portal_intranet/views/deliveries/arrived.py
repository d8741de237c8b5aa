"""What came: the list of deliveries, one with its lines, and what is missing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from babel.dates import format_date
from flask import abort, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from pool_module.incoming.formats.detecting import LARGEST
from pool_module.incoming.queries import cases, deliveries
from pool_module.incoming.queries import uploads as upload_queries
from pool_module.incoming.queries.deliveries import DeliveryMonths
from pool_module.incoming.rules.rhythm import MonthState
from pool_module.payouts.queries.register import items_of_delivery
from portal_intranet.views.deliveries.room import blueprint, file, may_import, opens, storage
from shared.db import actor_of
from shared.figures import LOCALES
from shared.labels import label
from shared.permissions import Permission
from shared.storage import open_stored
from shared.vocabulary import (
    DeliveryFormat,
    DeliveryState,
    DiscrepancyCause,
    Kind,
    LineOutcome,
)
from shared.web import formats, lists
from shared.web.access import requires, whole_pool
from shared.web.database import db
from shared.web.fields import today
from shared.web.lists import Ask, Spec, View
from shared.web.reach import sees_whole_pool

CELLS: Final = {MonthState.CAME: "o", MonthState.BOOKED: "o", MonthState.MISSING: "m",
                MonthState.DUE: "l", MonthState.NONE: "n"}  # fmt: skip


def _insurers() -> Sequence[tuple[str, LazyString | str]]:
    session = db.session()
    found = upload_queries.insurers(session, actor_of(session))
    return [(str(insurer.id), insurer.name) for insurer in found]


DELIVERIES: Final = Spec(
    title=_("Deliveries"),
    template="deliveries/index.html",
    labels={
        "file_name": _("File"),
        "insurer": _("Insurer"),
        "format": _("Format"),
        "day": _("Imported"),
        "lines": _("Lines"),
        "gross": _("Commission"),
        "open": _("To clarify"),
        "by": _("By"),
        "state": _("Status"),
    },
    shown=("file_name", "insurer", "format", "day", "lines", "gross", "open", "state"),
    sort="-day",
    asks={
        "insurer": Ask(_("Insurer"), choices=_insurers),
        "format": Ask(_("Format"), codes=DeliveryFormat),
        "day": Ask(_("Imported")),
        "state": Ask(_("Status"), codes=DeliveryState),
    },
    codes={"format": DeliveryFormat, "state": DeliveryState},
    views=(View("all", _("All")), View("running", _("Being imported"), "state=importing")),
    opens=lambda row: url_for("deliveries.show", id=row.id),
    cells="deliveries/cells.html",
    narrow=("format", "lines", "day"),
    empty=(_("No file was imported yet"), _("Bring one: drop it above, or choose it.")),
)
LINES: Final = Spec(
    title=_("Lines"),
    template="deliveries/show.html",
    labels={
        "row": _("Line"),
        "contract": _("Contract"),
        "holder": _("Customer"),
        "product": _("Product"),
        "kind": _("Kind"),
        "base": _("Base"),
        "rate": _("Rate"),
        "booked_on": _("Booked on"),
        "agency": _("Agency number"),
        "gross": _("Commission"),
        "outcome": _("Outcome"),
    },
    shown=("row", "contract", "holder", "kind", "booked_on", "base", "rate", "gross", "outcome"),
    sort="row",
    asks={
        "outcome": Ask(_("Outcome"), codes=LineOutcome),
        "kind": Ask(_("Kind"), codes=Kind),
        "booked_on": Ask(_("Booked on")),
        "contract": Ask(_("Contract number")),
    },
    codes={"outcome": LineOutcome, "kind": Kind},
    views=(
        View("all", _("All lines")),
        View("booked", _("Booked"), "outcome=event"),
        View("open", _("To clarify"), "outcome=discrepancy"),
        View("evidence", _("Evidence"), "outcome=evidence&outcome=rejected&outcome=noted"),
    ),
    cells="deliveries/line_cells.html",
    narrow=("base", "rate", "booked_on", "kind"),
    search="contract",
    saves=False,
    empty=(_("No commission line"), _("The file held contracts alone.")),
)


@blueprint.get("/deliveries")
@requires(Permission.DELIVERIES_READ)
def index() -> Response:
    """List what was imported, what lies there to be taken, and what is missing."""
    session = db.session()
    actor = actor_of(session)
    whole = sees_whole_pool()
    spec = DELIVERIES if whole else _without_sums()
    listing = deliveries.delivery_list(session, whole=whole)
    if request.args.get("part") or request.args.get("format") in {"csv", "xlsx"}:
        return lists.respond(spec, listing)
    return lists.respond(
        spec,
        listing,
        waiting=[each for each in upload_queries.live_uploads(session, actor) if opens(each)],
        matrix=_matrix(deliveries.delivery_months(session, actor, today())),
        imports=may_import(),
        largest=LARGEST >> 20,
    )


@blueprint.get("/deliveries/<int:id>")
@requires(Permission.DELIVERIES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show one delivery: its figures, its lines and what became of them."""
    session = db.session()
    actor = actor_of(session)
    delivery = deliveries.get_delivery(session, actor, id)
    listing = deliveries.line_list(session, id)
    if request.args.get("part") or request.args.get("format") in {"csv", "xlsx"}:
        return lists.respond(LINES, listing, delivery=delivery)
    return lists.respond(
        LINES,
        listing,
        delivery=delivery,
        outcomes=deliveries.outcomes(session, actor, id),
        items=items_of_delivery(session, actor, id) if _may_know_items() else [],
        sums=cases.control_sums(session, actor, since=today(), delivery_id=id),
        outcome_label=lambda value: label(LineOutcome, value),
        format_label=label(DeliveryFormat, delivery["format"]),
        cause_label=lambda value: label(DiscrepancyCause, value),
    )


@blueprint.get("/deliveries/<int:id>/file")
@requires(Permission.DELIVERIES_READ)
@whole_pool
def download(id: int) -> Response:  # noqa: A002
    """Hand out a delivery's file as it came: it names customers of every organisation."""
    session = db.session()
    actor = actor_of(session)
    delivery = deliveries.get_delivery(session, actor, id)
    try:
        content = open_stored(storage(), actor.pool_id, None, delivery["sha256"])
    except FileNotFoundError:
        abort(404)
    name = secure_filename(delivery["file_name"]) or f"delivery-{id}"
    return file(content, name, "application/octet-stream")


def _without_sums() -> Spec:
    """The list for who is behind a wall: a file's sum is that of every organisation's lines."""
    return replace(
        DELIVERIES,
        labels={name: text for name, text in DELIVERIES.labels.items() if name != "gross"},
        shown=tuple(name for name in DELIVERIES.shown if name != "gross"),
    )


def _may_know_items() -> bool:
    """Whether what is due of a whole file is told: a report, or the register of items (AIM-61)."""
    return sees_whole_pool() or Permission.INVOICES_READ in g.viewer.permissions


def _matrix(found: DeliveryMonths) -> dict[str, Any]:
    """The months as the kit's chart takes them."""
    language = formats.figures().language
    return {
        "months": [_short(month, LOCALES[language]) for month in found.months],
        "missing": found.missing,
        "rows": [
            {
                "name": each.name,
                "cells": [
                    {
                        "state": CELLS[state],
                        "href": url_for("deliveries.show", id=file) if file else "",
                    }
                    for state, file in zip(each.states, each.files, strict=True)
                ],
            }
            for each in found.insurers
        ],
    }


def _short(month: date, locale: str) -> str:
    return format_date(month, "LLL yy", locale=locale)
