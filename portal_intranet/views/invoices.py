"""The register of invoices: what is payable and receivable, by which terms, open, paid, overdue."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from flask import Blueprint, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from pool_module.agreements.queries.terms import organisations
from pool_module.payouts import operations
from pool_module.payouts.queries import register as queries
from pool_module.payouts.rules import state_on
from shared.db import actor_of
from shared.due import ItemSide, ItemState, StepVerdict, TermsStep
from shared.labels import label
from shared.permissions import Permission
from shared.web import editing, lists, records
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import DayField, today
from shared.web.htmx import render
from shared.web.lists import Ask, Bulk, Spec, View
from shared.web.records import Record

blueprint = Blueprint("invoices", __name__, template_folder="../templates")


def _teams() -> Any:
    session = db.session()
    return queries.team_choices(session, actor_of(session))


def _organisations() -> list[tuple[str, str]]:
    session = db.session()
    return [(str(r["id"]), r["name"]) for r in organisations(session, actor_of(session))]


INVOICES: Final = Spec(
    title=_("Invoices"),
    template="invoices/index.html",
    labels={
        "number": _("Number"),
        "side": _("Side"),
        "party": _("Company"),
        "team": _("Team"),
        "organisation": _("Organisation"),
        "amount": _("Amount"),
        "rest": _("Still open"),
        "arose_on": _("Invoice date"),
        "due_on": _("Due on"),
        "step": _("Terms from"),
        "settled_on": _("Paid on"),
        "state": _("Status"),
    },
    shown=("party", "number", "side", "team", "amount", "rest", "due_on", "step", "state"),
    sort="due_on",
    asks={
        "q": Ask(_("Company or number")),
        "side": Ask(_("Side"), codes=ItemSide),
        "state": Ask(_("Status"), codes=ItemState),
        "team": Ask(_("Team"), choices=_teams),
        "organisation": Ask(_("Organisation"), choices=_organisations),
        "step": Ask(_("Terms from"), codes=TermsStep),
        "due_on": Ask(_("Due on")),
        "arose_on": Ask(_("Invoice date")),
        "amount": Ask(_("Amount")),
    },
    codes={"side": ItemSide, "state": ItemState, "step": TermsStep},
    views=(
        View("all", _("All")),
        View("open", _("Open"), "state=open&state=overdue"),
        View("overdue", _("Overdue"), "state=overdue"),
        View("payable", _("Payables"), "side=payable&state=open&state=overdue"),
        View("receivable", _("Receivables"), "side=receivable&state=open&state=overdue"),
        View("paid", _("Paid"), "state=paid"),
    ),
    opens="invoices.show",
    bulk=(Bulk("invoices.pay", _("Note as paid"), "check", Permission.SETTLEMENT_RUN),),
    narrow=("step", "team", "rest", "side"),
    search="q",
    empty=(_("Nothing is due yet"), _("Items arise with statements and with insurers' files.")),
)


class PaidForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """When the money moved."""

    day = DayField(_("Paid on"), [InputRequired()])


@blueprint.get("/invoices")
@requires(Permission.INVOICES_READ)
def index() -> Response:
    """Show the items of all teams."""
    session = db.session()
    spec = INVOICES
    if not organisations(session, actor_of(session)):
        spec = replace(
            spec,
            labels={n: text for n, text in spec.labels.items() if n != "organisation"},
            asks={n: ask for n, ask in spec.asks.items() if n != "organisation"},
        )
    return lists.respond(spec, queries.invoice_list(session, today()))


@blueprint.get("/invoices/<int:id>")
@requires(Permission.INVOICES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name of a record's number
    """Show an item with what every step of the order had to say."""
    session = db.session()
    actor = actor_of(session)
    item = queries.get_item(session, actor, id)
    state = label(ItemState, state_on(item["settled_on"], item["due_on"], today()))
    record = Record(
        href=url_for("invoices.show", id=id),
        title=item["party"],
        list_title=INVOICES.title,
        list_href=url_for("invoices.index"),
        code=item["number"],
        sub=label(ItemSide, item["side"]).text,
        state=state.text,
        tone=state.tone,
    )
    return records.respond(
        "invoices/show.html", record, item=item, reasons=[_reason(r) for r in item["reasons"]],
        step=label(TermsStep, item["step"]).text,
        known=queries.has_open_party(session, actor, item),
    )  # fmt: skip


@blueprint.post("/invoices/pay")
@requires(Permission.SETTLEMENT_RUN)
def pay() -> Response:
    """Note the chosen items as paid: first ask when, then do it."""
    session = db.session()
    ids = lists.selected()
    back = request.form.get("next") or ""
    back = back if back.startswith("/invoices") else url_for("invoices.index")
    if not ids:
        editing.tell(gettext("Choose at least one."), "err")
        return editing.done(Saved(back))
    form = PaidForm()
    asked = "day" in request.form
    if not asked:
        form.day.data = today()
    if asked and form.validate():
        assert form.day.data is not None, "required"
        return _paid(ids, form.day.data, back)
    items = [queries.get_item(session, actor_of(session), number) for number in ids]
    status = 422 if asked else 200
    return render("invoices/pay.html", status, form=form, items=items, back=back)


def _paid(ids: list[int], day: date, back: str) -> Response:
    def act() -> Saved:
        many = operations.pay(db.session(), ids, day=day)
        text = ngettext(
            "%(num)s invoice is noted as paid.", "%(num)s invoices are noted as paid.", many
        )
        return Saved(back, text)

    return editing.attempt(act, back)


def _reason(told: dict[str, Any]) -> dict[str, Any]:
    """A step of the order in words."""
    verdict = label(StepVerdict, told["verdict"])
    terms = told["terms"]
    return {
        "step": label(TermsStep, told["step"]).text,
        "tone": verdict.tone,
        "verdict": verdict.text,
        "won": told["verdict"] == StepVerdict.WON,
        "terms_id": told["terms_id"],
        "days": terms["days"] if terms else None,
        "basis": terms["basis"] if terms else "",
    }
