"""Producers: the tree of any day, records, lists, and what happened in the network."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from werkzeug.wrappers import Response

from pool_module.hierarchy.operations import keeping
from pool_module.hierarchy.queries import lists as producer_lists
from pool_module.hierarchy.queries import records as producer_records
from pool_module.overview.queries import network, tree
from pool_module.overview.rules.trees import Wanted
from portal_intranet.forms.producers import ProducerForm
from portal_intranet.views.producers.blueprint import blueprint
from shared import clock
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import ActivityStatus, Kind, Language, ProducerKind
from shared.web import editing, formats, lists, records
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part, Record

SPANS: Final = (1, 3, 12)
KEPT: Final = ("day", "known", "q", "inactive", "country", "firm", "kind", "product", "months")


def language() -> Language:
    """The reader's."""
    return formats.figures().language


def firms() -> list[tuple[Any, Any]]:
    """The pool's firms to choose from."""
    session = db.session()
    return [(row.id, row.name) for row in producer_records.firms_of(session, actor_of(session))]


def levels() -> list[tuple[Any, Any]]:
    """The career plan to choose from."""
    session = db.session()
    found = producer_records.level_choices(session, actor_of(session), language())
    return [(row.id, row.name) for row in found]


PRODUCERS = Spec(
    title=_("Producers"),
    template="producers/list.html",
    labels={
        "name": _("Name"),
        "code": _("Number"),
        "kind": _("Kind"),
        "firm": _("Firm"),
        "country": _("Country"),
        "parent": _("Stands under"),
        "level": _("Career level"),
        "group": _("Rate group"),
        "state": _("Activity status"),
    },
    shown=("name", "code", "firm", "parent", "level", "state"),
    sort="name",
    asks={
        "q": Ask(_("Name (its beginning)")),
        "state": Ask(_("Activity status"), codes=ActivityStatus),
        "kind": Ask(_("Kind"), codes=ProducerKind),
        "country": Ask(_("Country"), choices=lambda: (("DE", "DE"), ("UA", "UA"))),
        "firm": Ask(_("Firm"), choices=firms),
        "level": Ask(_("Career level"), choices=levels),
    },
    codes={"kind": ProducerKind, "state": ActivityStatus},
    views=(
        View("active", _p("views", "Active"), "state=active"),
        View("all", _("All")),
        View("companies", _("Companies"), "kind=supergroup&kind=group&kind=subgroup&kind=firm"),
        View("gone", _("Former"), "state=terminated&state=deceased"),
    ),
    opens="producers.show",
    narrow=("firm", "group", "country"),
    search="q",
    empty=(_("No producers yet"), _("Who sells for the pool stands here.")),
)
CAREERS = Spec(
    title=_("Career changes"),
    template="producers/careers.html",
    labels={
        "producer": _("Producer"),
        "code": _("Number"),
        "level": _("Career level"),
        "first": _("Effective from"),
        "recorded_at": _("Recorded"),
        "recorded_by": _("By"),
        "reason": _("Reason"),
        "standing": _("Still holds"),
    },
    shown=("producer", "level", "first", "recorded_at", "recorded_by", "reason"),
    sort="-recorded_at",
    asks={
        "first": Ask(_("Effective from")),
        "recorded_at": Ask(_("Recorded")),
        "level": Ask(_("Career level"), choices=levels),
        "standing": Ask(_("Still holds")),
    },
    opens=lambda row: url_for("producers.show", id=row.producer_id, tab="history"),
    cells="producers/change_list_cells.html",
    narrow=("code", "recorded_by"),
    empty=(_("No career changes yet"), _("Every level that was ever recorded stands here.")),
)


@blueprint.get("/producers")
@requires(Permission.HIERARCHY_READ)
def index() -> Response:
    """Show the tree of a day as known at a moment."""
    session = db.session()
    asked = _asked()
    found = tree.read_tree(session, actor_of(session), asked)
    choices = network.choices_of(session, actor_of(session))
    opened = [node.member.id for node in found.tree.nodes if node.open]
    return render(
        "producers/index.html",
        found=found,
        asked=asked,
        rows=[_row(node, asked, opened) for node in found.tree.nodes],
        choices=choices,
        kinds=[(kind, label(Kind, kind).text) for kind in Kind],
        spans=SPANS,
        known=request.args.get("known", ""),
        here=_here,
        today=today(),
        label=label,
        ProducerKind=ProducerKind,
        may_edit=_may_edit(),
        may_export=Permission.EXPORT in g.viewer.permissions,
    )


@blueprint.get("/producers/list")
@requires(Permission.HIERARCHY_READ)
def rows() -> Response:
    """Show everybody as a list."""
    listing = producer_lists.producer_list(db.session(), _day("day") or today(), language())
    return lists.respond(PRODUCERS, listing, edits=Permission.HIERARCHY_EDIT)


@blueprint.get("/producers/careers")
@requires(Permission.HIERARCHY_READ)
def careers() -> Response:
    """Show every career change: effective, recorded, by whom, why."""
    return lists.respond(CAREERS, producer_lists.career_list(db.session(), language()))


@blueprint.get("/producers/compare")
@requires(Permission.HIERARCHY_READ)
def compare() -> Response:
    """Show what differs in the network between two days."""
    session = db.session()
    second = _day("second") or today()
    first = _day("first") or second.replace(day=1) - timedelta(days=1)
    found = network.compare(
        session,
        actor_of(session),
        (first, second),
        known=_moment(today()),
        language=language(),
    )
    return render("producers/compare.html", found=found, first=first, second=second)


@blueprint.get("/producers/<int:id>")
@requires(Permission.HIERARCHY_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a producer."""
    session = db.session()
    shown = network.get_record(session, actor_of(session), id, today(), language())
    state = label(ActivityStatus, shown.state)
    record = Record(
        href=url_for("producers.show", id=id),
        title=shown.now.name,
        list_title=_("Producers and hierarchy"),
        list_href=url_for("producers.index", at=id),
        code=shown.now.code,
        sub=" · ".join(
            str(part)
            for part in (label(ProducerKind, shown.now.kind).text, shown.now.firm, shown.level)
            if part
        ),
        state=state.text,
        tone=state.tone,
        tabs=(
            Part("data", _("Overview")),
            Part("history", _("History"), len(shown.history)),
            Part("people", _("Directly below"), len(shown.people)),
        ),
    )
    return records.respond(
        "producers/show.html",
        record,
        shown=shown,
        label=label,
        ActivityStatus=ActivityStatus,
        ProducerKind=ProducerKind,
        today=today(),
        endpoints=current_app.view_functions,
        may_edit=_may_edit(),
    )


@blueprint.route("/producers/new", methods=["GET", "POST"])
@requires(Permission.HIERARCHY_EDIT)
def create() -> Response:
    """Take a producer in."""
    session = db.session()
    form = _form(ProducerForm())

    def save() -> Saved:
        made = keeping.create(session, actor_of(session), form.details())
        return Saved(
            url_for("producers.move", id=made.id),
            gettext("%(name)s is taken in. Now say where he stands.", name=made.name),
        )

    return editing.answer(form, "producers/edit.html", save, producer=None)


@blueprint.route("/producers/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.HIERARCHY_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change a producer's master data."""
    session = db.session()
    actor = actor_of(session)
    producer = producer_records.get_producer(session, actor, id)
    known = keeping.stored(session, actor, producer)
    form = _form(ProducerForm(obj=known, version=producer.version))

    def save() -> Saved:
        version = form.version.data or 0
        keeping.edit(session, actor, id, form.details(), version=version)
        return Saved(url_for("producers.show", id=id), gettext("Saved."))

    return editing.answer(form, "producers/edit.html", save, producer=producer)


def _may_edit() -> bool:
    return Permission.HIERARCHY_EDIT in g.viewer.permissions


def _form(form: ProducerForm) -> ProducerForm:
    offered = [(0, gettext("a company of his own")), *firms()]
    form.firm_id.choices = offered
    form.payee_id.choices = [(0, gettext("his firm")), *firms()]
    return form


def _row(node: Any, asked: tree.Asked, opened: Iterable[int]) -> dict[str, Any]:
    member = node.member
    opened = set(opened)
    toggled = opened - {member.id} if node.open else opened | {member.id}
    return {
        "key": member.id,
        "level": node.depth,
        "name": member.name,
        "open": node.open,
        "toggle": _here(open=_ids(toggled) or "0"),
        "href": url_for("producers.show", id=member.id),
        "selected": asked.wanted.at == member.id,
        "node": node,
        "more": _here(open=_ids(opened), whole=_ids({*asked.wanted.whole, member.id})),
    }


def _asked() -> tree.Asked:
    day = _day("day") or today()
    known = _day("known") or today()
    words = request.args.get("q", "").strip()
    country = request.args.get("country", "")
    firm = request.args.get("firm", type=int)
    months = request.args.get("months", 12, type=int)
    kind = request.args.get("kind", Kind.ACQUISITION.value)
    inactive = request.args.get("inactive") == "yes"
    wanted = Wanted(
        open=_numbers("open"),
        whole=_numbers("whole"),
        narrowed=bool(words or country or firm) or not inactive,
        reveal=bool(words or firm),
        top="open" not in request.args,
        at=request.args.get("at", type=int),
    )
    return tree.Asked(
        day=day,
        known=_moment(known),
        wanted=wanted,
        months=months if months in SPANS else 12,
        kind=Kind(kind) if kind in set(Kind) else Kind.ACQUISITION,
        product_id=request.args.get("product", type=int),
        words=words,
        inactive=inactive,
        country=country,
        firm_id=firm,
        language=language(),
    )


def _here(**changes: str | None) -> str:
    """This tree with something changed; None leaves it out."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    kept |= {"open": request.args.get("open", ""), "whole": request.args.get("whole", "")}
    told = {k: v for k, v in {**kept, **changes}.items() if v}
    return url_for("producers.index", **told)  # type: ignore[arg-type]


def _numbers(name: str) -> frozenset[int]:
    return frozenset(int(t) for t in request.args.get(name, "").split(",") if t.isdecimal())


def _ids(numbers: Sequence[int] | set[int]) -> str | None:
    return ",".join(str(number) for number in sorted(numbers)) or None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _moment(day: date) -> datetime:
    """What was known by the end of a day of the pool; of today, what is known now."""
    if day >= today():
        return clock.now()
    return datetime.combine(day + timedelta(days=1), time(), formats.zone())
