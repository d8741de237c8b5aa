"""Contracts: the list, the record beside it and on its own page, and what people do with them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from pool_module.applications.queries import sellable
from pool_module.contracts.operations import keeping
from pool_module.contracts.operations.keeping import Part, Signed
from pool_module.contracts.queries import records as queries
from pool_module.contracts.queries.lists import contract_list
from pool_module.contracts.queries.periods import current_period
from pool_module.contracts.queries.records import Whole
from pool_module.contracts.queries.risk import clawback_of
from pool_module.contracts.queries.timeline import timeline_of
from pool_module.contracts.rules.calendar import state_of
from pool_module.contracts.rules.endings import Ending
from pool_module.crm.queries import customers, documents, tasks, threads
from pool_module.crm.rules.files import ACCEPT
from pool_module.products.queries.insurers import insurer_names
from portal_intranet.forms import contracts as forms
from portal_intranet.forms import documents as kinds
from portal_intranet.forms.contracts import (
    ContractForm,
    EndingForm,
    NewContractForm,
    SharesForm,
    version_of,
)
from shared.db import actor_of
from shared.labels import label
from shared.periods import add_months
from shared.permissions import Permission
from shared.vocabulary import ContractState, Frequency, Kind, ThreadState
from shared.web import editing, formats, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part as Tab
from shared.web.records import Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("contracts", __name__, template_folder="../templates")
_PLAIN = {"csrf": False}


def _insurers() -> list[tuple[str, str]]:
    session = db.session()
    return [(str(row["id"]), row["name"]) for row in insurer_names(session, actor_of(session))]


CONTRACTS = Spec(
    title=_("Contracts"),
    template="contracts/index.html",
    labels={
        "number": _("Contract"),
        "holder": _("Customer"),
        "product": _("Product"),
        "producer": _("Producer"),
        "state": _("Status"),
        "begin_on": _("Begin"),
        "net_premium": _("Premium p.a."),
        "commission": _("Commission"),
        "insurer": _("Insurer"),
        "case_number": _("Case number"),
        "frequency": _("Payment frequency"),
        "end_on": _("End"),
        "cancelled_on": _("Ended on"),
        "gross_premium": _("Gross premium"),
        "currency": _("Currency"),
    },
    shown=(
        "number", "holder", "product", "producer", "state", "begin_on", "net_premium", "commission",
    ),
    sort="-begin_on",
    asks={
        "q": Ask(_("Number or customer"), hint="AL-7741"),
        "state": Ask(_("Status"), codes=ContractState),
        "begin_on": Ask(_("Begin")),
        "net_premium": Ask(_("Premium p.a.")),
        "producer": Ask(_("Producer"), hint=_("the beginning of the name")),
        "insurer": Ask(_("Insurer"), choices=_insurers),
        "arrears": Ask(_("Premium overdue")),
        "without_producer": Ask(_("Without producer")),
    },
    codes={"state": ContractState, "frequency": Frequency},
    views=(
        View("all", _("All")),
        View("active", _("Active"), "state=active"),
        View("cancelled", _("Cancelled"), "state=cancelled"),
        View("risk", _("At risk"), "arrears=yes&state=active"),
        View("silent", _("90 days without commission"), "silent=90"),
        View("converted", _("Converted"), "state=converted"),
    ),
    opens="contracts.show",
    cells="contracts/cells.html",
    narrow=("producer",),
    search="q",
    empty=(
        _("No contracts yet"),
        _("They come with the insurers' deliveries, from applications, or by hand."),
    ),
)  # fmt: skip


@blueprint.get("/contracts")
@requires(Permission.CONTRACTS_READ)
def index() -> Response:
    """Show the contracts."""
    session, day = db.session(), today()
    actor = actor_of(session)
    period = current_period(session, actor, day)
    listing = contract_list(session, actor, day, period)
    month = format_date(period.last, "LLL")  # type: ignore[no-untyped-call]
    named = {**CONTRACTS.labels, "commission": gettext("Comm. %(month)s", month=month)}
    return lists.respond(replace(CONTRACTS, labels=named), listing)


@blueprint.get("/contracts/<int:id>")
@requires(Permission.CONTRACTS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a contract, beside the list or on its own page, part by part."""
    whole = queries.get_whole(db.session(), actor_of(db.session()), id)
    record = _record(whole)
    shown = {**_words(), **_PARTS[record.tab](whole)}
    return respond_record("contracts/show.html", record, whole=whole, **shown)


@blueprint.route("/contracts/new", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def create() -> Response:
    """Add a contract that no delivery brought."""
    session = db.session()
    actor = actor_of(session)
    form = NewContractForm(customer_id=request.args.get("customer", ""))
    rows = sellable(session, actor, None, today())
    form.product_id.choices = [(row.id, f"{row.insurer} · {row.name}") for row in rows]
    number = form.customer_id.data
    holder = (
        customers.get_customer(session, actor, int(number)) if (number or "").isdecimal() else None
    )

    def save() -> Saved:
        parts = [Part(_seller(form.producer.data), Decimal(1))]
        made = keeping.add(
            session,
            form.data_of(holder.id if holder else None),
            product_id=form.product_id.data,
            parts=parts,
            today=today(),
            signed=Signed(form.applied_on.data, form.issued_on.data),
        )
        return Saved(url_for("contracts.show", id=made.id), gettext("The contract is added."))

    return editing.answer(
        form, "contracts/new.html", save, holder=holder, sellers=queries.sellers(session, actor)
    )


@blueprint.route("/contracts/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change what is kept of a contract."""
    session = db.session()
    whole = queries.get_whole(session, actor_of(session), id)
    form = ContractForm(obj=whole.contract)

    def save() -> Saved:
        data = form.data_of(whole.contract.holder_id)
        keeping.change(session, id, data, version=version_of(form), today=today())
        return Saved(url_for("contracts.show", id=id), gettext("Saved."))

    return editing.answer(form, "contracts/edit.html", save, whole=whole)


@blueprint.route("/contracts/<int:id>/shares", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def shares(id: int) -> Response:  # noqa: A002
    """Change who shares a contract from a day on."""
    session = db.session()
    actor = actor_of(session)
    whole = queries.get_whole(session, actor, id)
    stand = queries.shares_of(session, actor, id)
    form = SharesForm(**_standing(stand), version=whole.contract.version)

    def save() -> Saved:
        parts = [Part(_seller(who), share or Decimal(0)) for who, share in form.typed()]  # type: ignore[arg-type]
        keeping.share(
            session,
            id,
            parts,
            from_day=form.from_day.data,
            version=version_of(form),
            reason=form.reason.data or None,
        )
        return Saved(url_for("contracts.show", id=id), gettext("The shares are changed."))

    return editing.answer(
        form,
        "contracts/shares.html",
        save,
        whole=whole,
        stand=stand,
        sellers=queries.sellers(session, actor),
    )


@blueprint.route("/contracts/<int:id>/end", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def end(id: int) -> Response:  # noqa: A002
    """Record that a contract ended or shrank; what is given back then is shown first."""
    session = db.session()
    actor = actor_of(session)
    whole = queries.get_whole(session, actor, id)
    form = EndingForm(on_day=today(), version=whole.contract.version)

    def save() -> Saved:
        assert form.on_day.data is not None
        keeping.end(
            session,
            id,
            Ending(form.ending.data),
            on_day=form.on_day.data,
            factor=form.factor.data,
            note=form.note.data or None,
            version=version_of(form),
        )
        return Saved(
            url_for("contracts.show", id=id),
            gettext("Recorded. The next settlement gives back what is not earned."),
            undo=url_for("contracts.reinstate", id=id),
        )

    day = form.on_day.data or today()
    risk = clawback_of(session, actor, id, day)
    return editing.answer(
        form, "contracts/end.html", save, whole=whole, risk=risk, day=day, endings=forms.ENDINGS
    )


@blueprint.get("/contracts/<int:id>/clawback")
@requires(Permission.CONTRACTS_READ)
def clawback(id: int) -> Response:  # noqa: A002
    """Show what would be given back if a contract ended on a day."""
    session = db.session()
    actor = actor_of(session)
    whole = queries.get_whole(session, actor, id)
    form = EndingForm(request.args, meta=_PLAIN)
    form.on_day.validate(form)
    day = form.on_day.data or today()
    return render(
        "contracts/end.html",
        fragment="risk",
        form=form,
        clash=None,
        whole=whole,
        day=day,
        risk=clawback_of(session, actor, id, day),
        endings=forms.ENDINGS,
    )


@blueprint.post("/contracts/<int:id>/reinstate")
@requires(Permission.CONTRACTS_EDIT)
def reinstate(id: int) -> Response:  # noqa: A002
    """Take all cancellations and reductions back."""
    back = url_for("contracts.show", id=id)

    def act() -> Saved:
        keeping.take_back(db.session(), id, today=today())
        return Saved(back, gettext("The contract is in force again."))

    return editing.attempt(act, back)


def _record(whole: Whole) -> Record:
    contract = whole.contract
    state = label(ContractState, contract.state)
    holder = customers.called(whole.holder) if whole.holder else contract.number
    return Record(
        href=url_for("contracts.show", id=contract.id),
        title=holder,
        list_title=CONTRACTS.title,
        list_href=url_for("contracts.index"),
        code=contract.number,
        sub=_sub(whole),
        state=state.text,
        tone=state.tone,
        tabs=(
            Tab("data", _("Overview")),
            Tab("commission", _("Commission")),
            Tab("timeline", _("Timeline")),
            Tab("documents", _("Documents"), whole.documents),
            Tab("threads", _("Messages"), whole.threads),
        ),
    )


def _sub(whole: Whole) -> Markup:
    """Product · insurer · begin · producer, the last as a link."""
    contract = whole.contract
    told = [whole.product, whole.insurer]
    if contract.begin_on:
        told.append(gettext("begin %(day)s", day=formats.day(contract.begin_on)))
    text = Markup(" · ").join(escape(part) for part in told if part)
    if whole.producer:
        link = Markup('<a class="lnk" href="/producers/{}">{}</a>')
        text += Markup(" · ") + link.format(contract.producer_id, whole.producer)
    return text


def _words() -> dict[str, Any]:
    return {
        "DUES": forms.DUES,
        "FIELDS": {field.short_name: field.label.text for field in ContractForm(meta=_PLAIN)},
        "KINDS": kinds.KINDS,
        "ThreadState": ThreadState,
        "accept": ACCEPT,
        "Kind": Kind,
        "Frequency": Frequency,
        "label": label,
        "reason_text": forms.reason_text,
    }


def _data(whole: Whole) -> dict[str, Any]:
    session, day = db.session(), today()
    actor = actor_of(session)
    number = whole.contract.id
    dues = [
        (due, state_of(due.due_on, due.amount, due.paid_amount, day))
        for due in queries.premiums_of(
            session, actor, number, add_months(day, -12), add_months(day, 12)
        )
    ]
    return {
        "shares": queries.shares_of(session, actor, number),
        "cuts": queries.cuts_of(session, actor, number),
        "dues": [pair for pair in dues if pair[0].amount or pair[0].paid_amount],
        "tasks": tasks.tasks_of(session, actor, "contract", number),
        "staff": tasks.people(session, actor, "contract"),
    }


def _commission(whole: Whole) -> dict[str, Any]:
    session = db.session()
    actor = actor_of(session)
    number = whole.contract.id
    return {
        "brought": queries.brought_by(session, actor, number),
        "risk": clawback_of(session, actor, number, today()),
        "day": today(),
    }


def _timeline(whole: Whole) -> dict[str, Any]:
    return {"happened": timeline_of(db.session(), actor_of(db.session()), whole.contract.id)}


def _about(whole: Whole) -> dict[str, Any]:
    session = db.session()
    here = actor_of(session), "contract", whole.contract.id
    return {
        "documents": documents.documents_of(session, *here),
        "threads": threads.threads_of(session, *here),
    }


_PARTS = {
    "data": _data,
    "commission": _commission,
    "timeline": _timeline,
    "documents": _about,
    "threads": _about,
}


def _standing(stand: list[Any]) -> dict[str, list[Any]]:
    """The shares that hold now or last, as the form shows them."""
    latest = [row for row in stand if row.valid == stand[0].valid] if stand else []
    return {
        "producers": [f"{row.producer} ({row.code})" for row in latest],
        "shares": [row.share for row in latest],
    }


def _seller(typed: str) -> int:
    """The producer somebody typed or chose; 0: nothing was typed."""
    session = db.session()
    return queries.get_seller(session, actor_of(session), typed) or 0
