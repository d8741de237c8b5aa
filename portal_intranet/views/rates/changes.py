"""Rates made, replaced, copied, ended and brought back; first what that would reach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from pool_module.agreements.errors import OverlapRefused
from pool_module.agreements.operations import rates as operations
from pool_module.agreements.operations.rates import Outcome
from pool_module.agreements.queries import rates as queries
from pool_module.agreements.queries.choices import choices, get_producer_called, some_producers
from pool_module.agreements.rules import RuleValues
from pool_module.products.queries import insurers as insurer_queries
from pool_module.products.queries import range as range_queries
from pool_module.settlement.queries.effects import Term, Touched, events_touched
from portal_intranet.forms.rates import (
    ActivateForm,
    ChangeForm,
    CopyForm,
    InactivateForm,
    RuleForm,
)
from portal_intranet.views.rates.blueprint import blueprint
from portal_intranet.views.rates.words import title_of
from shared.db import actor_of
from shared.errors import Refused
from shared.permissions import Permission
from shared.vocabulary import (
    RuleScope,
    RuleWho,
)
from shared.web import editing, lists, refusals
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.languages import current_language


@dataclass
class Way:
    """What stood in the way of saving, to be shown with a link."""

    rule_id: int | None = None
    code: str = ""
    successor: Mapping[Any, Any] | None = None


@blueprint.route("/rates/new", methods=["GET", "POST"])
@requires(Permission.RATES_EDIT)
def create() -> Response:
    """Save a new rate: agent rate, dated rate or default value."""
    session = db.session()
    form = _offered(RuleForm())
    product_id = request.args.get("product", type=int) or 0
    copied = request.args.get("copy", type=int)
    rule = None
    if copied is not None:
        rule = queries.get_rule_named(session, actor_of(session), current_language(), copied)
        form.keep(rule)
    if not form.is_submitted():
        form.preset(request.args.get("preset", ""), today(), product_id=product_id)
        if rule is not None:
            form.fill(rule)
            if starts := request.args.get("from"):
                form.continues(date.fromisoformat(starts))

    def save(values: RuleValues) -> int:
        rule = operations.create_rule(session, actor_of(session), values)
        if not form.active.data:
            operations.withdraw_rules(session, actor_of(session), [rule.id])
        return rule.id

    return _answer(form, save, rule=None, product_id=product_id)


@blueprint.route("/rates/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.RATES_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Save a rate anew: from a day on, or as a correction from the beginning."""
    session = db.session()
    rule = queries.get_rule_named(session, actor_of(session), current_language(), id)
    form = _offered(ChangeForm())
    form.keep(rule)
    if form.is_submitted():
        form.is_about(rule)
    else:
        form.fill(rule)
        form.since.data = today()

    def save(values: RuleValues) -> int:
        day = form.since.data if form.holds.data == "since" else None
        return operations.replace_rule(session, actor_of(session), id, values, day=day).id

    return _answer(form, save, rule=rule, product_id=0)


@blueprint.route("/rates/<int:id>/copy", methods=["GET", "POST"])
@requires(Permission.RATES_EDIT)
def copy(id: int) -> Response:  # noqa: A002
    """Copy a rate to other products, each a rate of its own from then on."""
    session = db.session()
    actor = actor_of(session)
    rule = queries.get_rule_named(session, actor, current_language(), id)
    form = CopyForm()
    rows = range_queries.product_names(session, actor)
    form.products.choices = [
        (row["id"], f"{row['insurer']} · {row['name']}")
        for row in rows
        if row["id"] != rule["product_id"]
    ]

    def save() -> Saved:
        outcome = operations.copy_rule(session, actor, id, form.products.data or [])
        _tell_refused(outcome)
        done = len(outcome.done)
        text = ngettext("%(num)s copy was made.", "%(num)s copies were made.", done)
        return Saved(url_for("rates.index", q=rule["code"].partition("-")[0]), text)

    return editing.answer(form, "rates/copy.html", save, rule=rule, title=title_of(rule))


@blueprint.post("/rates/inactivate")
@requires(Permission.RATES_EDIT)
def inactivate() -> Response:
    """End chosen rates on a day, or withdraw them from every date; first say what that reaches."""

    def act(form: Any, ids: list[int]) -> Outcome:
        session = db.session()
        if form.how.data == "withdraw":
            return operations.withdraw_rules(session, actor_of(session), ids)
        return operations.end_rules(session, actor_of(session), ids, form.day.data)

    return _in_bulk(InactivateForm, "rates/inactivate.html", act)


@blueprint.post("/rates/activate")
@requires(Permission.RATES_EDIT)
def activate() -> Response:
    """Bring chosen rates back."""

    def act(form: Any, ids: list[int]) -> Outcome:
        session = db.session()
        day = None if form.how.data == "before" else form.day.data
        return operations.activate_rules(session, actor_of(session), ids, day)

    return _in_bulk(ActivateForm, "rates/activate.html", act)


def _answer(
    form: RuleForm,
    save: Callable[[RuleValues], int],
    *,
    rule: Mapping[Any, Any] | None,
    product_id: int,
) -> Response:
    """Answer the form of a rate: OK, Save and add, Save and copy, or only what it would reach."""
    session = db.session()
    actor = actor_of(session)
    way = Way()
    then = request.form.get("then", "ok")
    locked = None
    if product_id:
        locked = range_queries.get_product_head(session, actor, product_id, current_language())
        if form.is_submitted():
            form.scope.data, form.product_id.data = RuleScope.PRODUCT.value, product_id
    values: dict[str, Any] = {
        "rule": rule, "locked": locked, "way": way, "touched": None,
        "suggested": some_producers(session, actor),
    }  # fmt: skip
    if then == "preview" and form.validate_on_submit():
        return _previewed(form, rule, values)

    def act() -> Saved:
        try:
            made = save(_typed(form))
        except OverlapRefused as refusal:
            way.rule_id, way.code = refusal.way_id, refusal.code
            raise
        return Saved(_after(then, made, product_id), gettext("The rate is saved."))

    return editing.answer(form, "rates/edit.html", act, **values)


def _previewed(form: RuleForm, rule: Mapping[Any, Any] | None, values: dict[str, Any]) -> Response:
    try:
        values["touched"] = _touched(form, rule)
    except Refused as refusal:
        form.producer.errors = [refusals.said(refusal)]
        return render("rates/edit.html", 422, form=form, clash=None, **values)
    return render("rates/edit.html", form=form, clash=None, **values)


def _touched(form: RuleForm, rule: Mapping[Any, Any] | None) -> Touched:
    """What saving would reach: the new rule's days, and those taken from the old one."""
    session = db.session()
    values = _typed(form)
    start = values.start
    terms = []
    if isinstance(form, ChangeForm) and rule is not None:
        if form.holds.data == "since":
            start = form.since.data
        terms.append(_term(rule, start=start if form.holds.data == "since" else rule["start"]))
    terms.append(
        Term(
            kind=values.kind,
            start=start,
            end=values.end,
            product_id=values.product_id,
            line_id=values.line_id,
            insurer_id=values.insurer_id,
            producer_id=values.producer_id,
            organisation_id=values.organisation_id,
            division_id=values.division_id,
        )
    )
    return events_touched(session, actor_of(session), terms)


def _term(rule: Mapping[Any, Any], *, start: date | None) -> Term:
    names = ("product_id", "line_id", "insurer_id", "producer_id", "organisation_id", "division_id")
    end = rule["end"] if rule["end"] is None or start is None else max(rule["end"], start)
    return Term(kind=rule["kind"], start=start, end=end, **{n: rule[n] for n in names})


def _typed(form: RuleForm) -> RuleValues:
    session = db.session()
    producer_id = None
    if form.who.data == RuleWho.PRODUCER:
        typed = form.producer.data or ""
        producer_id = get_producer_called(session, actor_of(session), typed)["id"]
    return form.values(producer_id)


def _after(then: str, rule_id: int, product_id: int) -> str:
    kept: dict[str, Any] = {"product": product_id} if product_id else {}
    if then == "add":
        return url_for("rates.create", **kept)
    if then == "copy":
        return url_for("rates.create", copy=rule_id, **kept)
    if product_id:
        return url_for("products.show", id=product_id, tab="rates")
    return url_for("rates.show", id=rule_id)


def _in_bulk(
    form_class: type[Any], template: str, act: Callable[[Any, list[int]], Outcome]
) -> Response:
    """Ask how, say what it reaches, then do it with the chosen rates."""
    session = db.session()
    actor = actor_of(session)
    ids = lists.selected()
    back = request.form.get("next") or ""
    if not back.startswith("/rates"):
        back = url_for("rates.index")
    if not ids:
        editing.tell(gettext("Choose at least one."), "err")
        return editing.done(Saved(back))
    form = form_class()
    asked = "how" in request.form
    if not asked:
        form.how.data, form.day.data = form.how.default, today()
    if asked and form.validate():

        def save() -> Saved:
            outcome = act(form, ids)
            _tell_refused(outcome)
            done = len(outcome.done)
            text = ngettext("%(num)s rate is changed.", "%(num)s rates are changed.", done)
            return Saved(back, text)

        return editing.attempt(save, back)
    rules = queries.rules_named(session, actor, current_language(), ids, limited=True)
    ended = [_term(rule, start=today()) for rule in rules if not rule["superseded_at"]]
    gone = [_term(rule, start=rule["start"]) for rule in rules if not rule["superseded_at"]]
    return render(
        template,
        422 if asked else 200,
        form=form,
        rules=rules,
        back=back,
        ended=events_touched(session, actor, ended),
        gone=events_touched(session, actor, gone),
        title=title_of,
    )


def _tell_refused(outcome: Outcome) -> None:
    for code, way, days, _number in outcome.refused[:3]:
        text = (
            gettext(
                "%(code)s stays as it is: %(way)s holds %(days)s.",
                code=code,
                way=way,
                days=refusals.days_in_words(days),
            )
            if days
            else gettext("%(code)s stays as it is: it is withdrawn already.", code=code)
        )
        editing.tell(text, "err")
    if len(outcome.refused) > 3:
        more = len(outcome.refused) - 3
        editing.tell(
            ngettext("%(num)s more stays as it is.", "%(num)s more stay as they are.", more), "err"
        )


def _offered(form: Any) -> Any:
    session = db.session()
    actor, language = actor_of(session), current_language()
    form.offer(
        range_queries.product_names(session, actor),
        range_queries.line_names(session, actor, language),
        insurer_queries.insurer_names(session, actor),
        choices(session, actor, language),
    )
    return form
