"""Agreements: what comes in from insurers, how it is earned, and what remains for the pool."""

from functools import partial

from flask import Blueprint, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.agreements.errors import OverlapRefused
from pool_module.agreements.operations import incoming as operations
from pool_module.agreements.queries import incoming as queries
from pool_module.agreements.rules import state_in
from pool_module.products.queries import insurers as insurer_queries
from pool_module.products.queries import range as range_queries
from pool_module.settlement.operations.rates import margins
from pool_module.settlement.queries.effects import Term, events_touched
from portal_intranet.forms.agreements import ONE_DAY, AgreementForm, EndForm, TermsForm
from portal_intranet.forms.range import range_choices
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import Earning, Kind, RateOf, ReserveRelease, RuleScope, RuleState
from shared.web import editing, lists, records
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.languages import current_language
from shared.web.lists import Ask, Spec, View
from shared.web.records import Record

blueprint = Blueprint("agreements", __name__, template_folder="../templates")


AGREEMENTS = Spec(
    title=_("Agreements"),
    template="agreements/index.html",
    labels={
        "scope_name": _("It holds for"),
        "scope": _("Level of scope"),
        "kind": _("Kind"),
        "incoming_rate": _("Incoming rate"),
        "incoming_of": _("Part of"),
        "liability_months": _("Liability, months"),
        "full_liability_months": _("Full liability, months"),
        "earning": _("Earned"),
        "reserve_rate": _("Reserve"),
        "reserve_release": _("Reserve released"),
        "valid_from": _("Valid from"),
        "valid_until": _("Valid until"),
        "state": _("Status"),
    },
    shown=(
        "scope_name", "scope", "kind", "incoming_rate", "liability_months", "reserve_rate",
        "valid_from", "valid_until", "state",
    ),
    sort="scope_name",
    asks={
        "q": Ask(_("Product, line or insurer")),
        "kind": Ask(_("Kind"), codes=Kind),
        "insurer": Ask(_("Insurer"), choices=partial(range_choices, "insurer")),
        "scope": Ask(_("Level of scope"), codes=RuleScope),
        "state": Ask(_("Status"), codes=RuleState),
    },
    codes={
        "scope": RuleScope,
        "kind": Kind,
        "incoming_of": RateOf,
        "earning": Earning,
        "reserve_release": ReserveRelease,
        "state": RuleState,
    },
    views=(
        View("all", _("All")),
        View("active", _("Active"), "state=active"),
        View("product", _("Of products"), "scope=product"),
        View("insurer", _("Of insurers"), "scope=insurer"),
    ),
    opens="agreements.show",
    cells="agreements/cells.html",
    narrow=("liability_months", "reserve_rate", "scope"),
    search="q",
    empty=(_("No agreement yet"), _("Here stands what insurers pay the pool.")),
)  # fmt: skip


@blueprint.get("/agreements")
@requires(Permission.RATES_READ)
def index() -> Response:
    """Show the agreements."""
    session = db.session()
    listing = queries.agreement_list(session, actor_of(session), today(), current_language())
    return lists.respond(AGREEMENTS, listing)


@blueprint.get("/agreements/<int:id>")
@requires(Permission.RATES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name of a record's number
    """Show an agreement with what held before and after it."""
    session = db.session()
    actor = actor_of(session)
    agreement = queries.get_agreement(session, actor, id)
    rows = queries.timeline_of(session, actor, agreement, current_language())
    here = next(row for row in rows if row["id"] == id)
    state = label(RuleState, state_in(here, today()))
    record = Record(
        href=url_for("agreements.show", id=id),
        title=here["scope_name"],
        list_title=AGREEMENTS.title,
        list_href=url_for("agreements.index"),
        sub=label(Kind, here["kind"]).text,
        state=state.text,
        tone=state.tone,
    )
    found = []
    if here["product_id"] and state is not None:
        found = [
            margin
            for margin in margins(session, actor, [here["product_id"]], today())
            if margin.kind == here["kind"] and margin.agreement_id == id
        ]
    return records.respond(
        "agreements/show.html", record, agreement=here, timeline=rows, margins=found,
        one_day=ONE_DAY, label=label, earnings=Earning, releases=ReserveRelease, parts=RateOf,
        kinds=Kind,
    )  # fmt: skip


@blueprint.route("/agreements/new", methods=["GET", "POST"])
@requires(Permission.RATES_EDIT)
def create() -> Response:
    """Agree on something new."""
    session = db.session()
    actor, language = actor_of(session), current_language()
    form = AgreementForm()
    form.offer(
        range_queries.product_names(session, actor),
        range_queries.line_names(session, actor, language),
        insurer_queries.insurer_names(session, actor),
    )
    if not form.is_submitted():
        form.valid_from.data = today()
        form.product_id.data = request.args.get("product", type=int) or 0
        form.kind.data = request.args.get("kind", Kind.ACQUISITION.value)
    way: dict[str, int | None] = {"id": None}

    def save() -> Saved:
        try:
            made = operations.create_agreement(session, actor, form.values())
        except OverlapRefused as refusal:
            way["id"] = refusal.way_id
            raise
        return Saved(url_for("agreements.show", id=made.id), gettext("The agreement is saved."))

    return editing.answer(form, "agreements/edit.html", save, agreement=None, way=way, touched=None)


@blueprint.route("/agreements/<int:id>/version", methods=["GET", "POST"])
@requires(Permission.RATES_EDIT)
def new_version(id: int) -> Response:  # noqa: A002
    """Agree anew from a day on."""
    session = db.session()
    actor = actor_of(session)
    agreement = queries.get_agreement(session, actor, id)
    rows = queries.timeline_of(session, actor, agreement, current_language())
    here = next(row for row in rows if row["id"] == id)
    form = TermsForm(data=dict(here))
    if not form.is_submitted():
        form.valid_from.data, form.reason.data = today(), ""
        form.valid_until.data = here["end"] - ONE_DAY if here["end"] else None
    about = {n: here[n] for n in ("kind", "product_id", "line_id", "insurer_id")}
    touched = None
    if request.form.get("then") == "preview" and form.validate_on_submit():
        values = form.terms(**about)
        terms = [Term(cause="agreement", start=values.start, end=values.end, **about)]
        touched = events_touched(session, actor, terms)
        return render(
            "agreements/edit.html", form=form, clash=None, agreement=here, way={"id": None},
            touched=touched,
        )  # fmt: skip

    def save() -> Saved:
        values = form.terms(**about)
        operations.new_version(session, actor, id, values)
        new_id = queries.find_standing(session, actor, values)
        where = url_for("agreements.show", id=new_id or id)
        return Saved(where, gettext("The agreement is saved."))

    return editing.answer(
        form, "agreements/edit.html", save, agreement=here, way={"id": None}, touched=None
    )


@blueprint.route("/agreements/<int:id>/end", methods=["GET", "POST"])
@requires(Permission.RATES_EDIT)
def end(id: int) -> Response:  # noqa: A002
    """End an agreement on a day."""
    session = db.session()
    actor = actor_of(session)
    agreement = queries.get_agreement(session, actor, id)
    rows = queries.timeline_of(session, actor, agreement, current_language())
    here = next(row for row in rows if row["id"] == id)
    form = EndForm()
    if not form.is_submitted():
        form.day.data = today()
    about = {n: here[n] for n in ("kind", "product_id", "line_id", "insurer_id")}
    term = Term(cause="agreement", start=today(), end=here["end"], **about)

    def save() -> Saved:
        day = form.day.data
        assert day is not None, "required"
        operations.end_agreement(session, actor, id, day)
        return Saved(url_for("agreements.index"), gettext("The agreement ends."))

    return editing.answer(
        form, "agreements/end.html", save, agreement=here,
        touched=events_touched(session, actor, [term]), kinds=Kind, label=label,
    )  # fmt: skip


@blueprint.get("/agreements/margins")
@requires(Permission.RATES_READ)
def show_margins() -> Response:
    """Show what comes in against the most that goes out, of every active product."""
    session = db.session()
    actor = actor_of(session)
    rows = [row for row in range_queries.product_names(session, actor) if row["state"] == "active"]
    found = margins(session, actor, [row["id"] for row in rows], today())
    only = request.args.get("show") == "negative"
    return render(
        "agreements/margins.html",
        products={row["id"]: row for row in rows},
        margins=[m for m in found if m.negative or not only],
        negative=sum(m.negative for m in found),
        only=only,
        kinds=Kind,
        label=label,
    )
