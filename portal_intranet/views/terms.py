"""Payment terms: the grid per company by organisation, one form, bulk, copies; teams' companies."""

from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from pool_module.agreements.errors import TermsInTheWay
from pool_module.agreements.operations import terms as operations
from pool_module.agreements.operations.terms import Outcome
from pool_module.agreements.queries import terms as queries
from pool_module.agreements.queries.terms import key_of
from portal_intranet.forms.terms import CareForm, CopyTermsForm, DueTermsForm
from shared import workplace
from shared.db import actor_of
from shared.due import TermsBasis, TermsParty
from shared.labels import label
from shared.permissions import Permission
from shared.web import editing, lists, records
from shared.web.access import personal, requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import read_version
from shared.web.htmx import render
from shared.web.lists import Ask, Bulk, Spec, View
from shared.web.records import Record

blueprint = Blueprint("terms", __name__, template_folder="../templates")
ACTIVE_ONLY: Final = "terms.active_only"
PARENTS: Final = {"c": "company", "i": "insurer", "t": "team"}


@dataclass
class Way:
    """What stood in the way of saving, to be shown with a link."""

    id: int | None = None
    name: str = ""


def _organisations() -> list[tuple[str, str]]:
    session = db.session()
    rows = queries.organisations(session, actor_of(session))
    return [(str(row["id"]), row["name"]) for row in rows]


TERMS: Final = Spec(
    title=_("Payment terms"),
    template="terms/index.html",
    labels={
        "name": _("Company"),
        "party": _("Whose terms"),
        "organisation": _("Organisation"),
        "payable_days": _("We pay after"),
        "payable_from": _("We pay: counted"),
        "receivable_days": _("We are paid after"),
        "receivable_from": _("We are paid: counted"),
        "overrides": _("Override"),
        "active": _("Active"),
        "recorded_at": _("Saved on"),
        "recorded_by": _("Saved by"),
    },
    shown=(
        "name", "party", "organisation", "payable_days", "receivable_days", "overrides", "active",
    ),
    sort="name",
    asks={
        "q": Ask(_("Company")),
        "party": Ask(_("Whose terms"), codes=TermsParty),
        "organisation": Ask(_("Organisation"), choices=_organisations),
        "overrides": Ask(_("Override")),
        "active": Ask(_("Active")),
    },
    codes={"party": TermsParty, "payable_from": TermsBasis, "receivable_from": TermsBasis},
    views=(
        View("all", _("All")),
        View("companies", _("Companies"), "party=company"),
        View("producers", _("Producers"), "party=producer"),
        View("teams", _("Teams"), "party=team"),
    ),
    opens="terms.show",
    cells="terms/cells.html",
    bulk=(
        Bulk("terms.inactivate", _("Inactivate"), "player-pause", Permission.TERMS_EDIT),
        Bulk("terms.activate", _("Activate"), "player-play", Permission.TERMS_EDIT),
    ),
    narrow=("organisation", "overrides", "party"),
    search="q",
    empty=(_("No payment terms yet"), _("Until some are agreed the system's default holds.")),
)  # fmt: skip


@blueprint.get("/terms")
@requires(Permission.TERMS_READ)
def index() -> Response:
    """Show the terms of all companies; only active ones where the reader wants it so."""
    session = db.session()
    asks = any(key.partition(".")[0] == "active" for key in request.args)
    only = _active_only() and not asks
    listing = queries.terms_list(session, actor_of(session), active_only=only)
    spec = TERMS if queries.organisations(session, actor_of(session)) else _without_organisations()
    return lists.respond(spec, listing, active_only=only, asks_for_state=asks, parent=_parent())


@blueprint.post("/terms/active-only")
@requires(Permission.TERMS_READ)
@personal
def show_active_only() -> Response:
    """Remember for the reader whether only active terms are shown."""
    workplace.choose(db.session(), ACTIVE_ONLY, value=request.form.get("value") == "yes")
    return editing.done(Saved(url_for("terms.index", **_kept())))


@blueprint.get("/terms/<int:id>")
@requires(Permission.TERMS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name of a record's number
    """Show terms; nothing of them can be changed here."""
    session = db.session()
    terms = queries.get_terms_named(session, actor_of(session), id)
    record = Record(
        href=url_for("terms.show", id=id),
        title=terms["name"],
        list_title=TERMS.title,
        list_href=url_for("terms.index"),
        sub=terms["organisation"] or gettext("All organisations"),
        state=gettext("Active") if terms["active"] else gettext("Inactive"),
        tone="ok" if terms["active"] else "off",
    )
    return records.respond("terms/show.html", record, terms=terms, words=_words)


@blueprint.route("/terms/new", methods=["GET", "POST"])
@requires(Permission.TERMS_EDIT)
def create() -> Response:
    """Agree on terms: OK, Save and add, Cancel."""
    form = _offered(DueTermsForm())
    parent = _parent()
    if not form.is_submitted():
        form.whom.data = parent
        form.party.data = TermsParty.TEAM if parent[:1] == "t" else TermsParty.COMPANY
    way = Way()

    def save() -> Saved:
        made = _in_the_way(way, lambda: operations.agree(db.session(), form.values()))
        kept: dict[str, Any] = {PARENTS[parent[0]]: parent[1:]} if parent else {}
        add = request.form.get("then") == "add"
        back = url_for("terms.create" if add else "terms.index", **kept)
        assert made
        return Saved(back, gettext("The terms are saved."))

    return editing.answer(form, "terms/edit.html", save, terms=None, way=way, back=_back(parent))


@blueprint.route("/terms/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.TERMS_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change terms; what arose before keeps its due date."""
    session = db.session()
    terms = queries.get_terms_named(session, actor_of(session), id)
    stored = queries.get_terms(session, actor_of(session), id)
    form = _offered(DueTermsForm())
    if form.is_submitted():  # the company is read only in the rule
        form.party.data, form.whom.data = stored.party, key_of(stored)
    else:
        form.fill(terms, key_of(stored))
    way = Way()

    def save() -> Saved:
        version = read_version(form.version.data)

        def change() -> int:
            operations.change(session, id, form.values(), version=version)
            return id

        _in_the_way(way, change)
        return Saved(url_for("terms.show", id=id), gettext("The terms are saved."))

    back = url_for("terms.show", id=id)
    return editing.answer(form, "terms/edit.html", save, terms=terms, way=way, back=back)


@blueprint.route("/terms/<int:id>/copy", methods=["GET", "POST"])
@requires(Permission.TERMS_EDIT)
def copy(id: int) -> Response:  # noqa: A002
    """Copy terms to other companies, each terms of its own from then on."""
    session = db.session()
    actor = actor_of(session)
    terms = queries.get_terms_named(session, actor, id)
    form = CopyTermsForm()
    own = key_of(queries.get_terms(session, actor, id))
    letters = {TermsParty.PRODUCER: "c", TermsParty.TEAM: "t"}.get(terms["party"], "ci")
    targets = [(p.key, p.name) for p in queries.partners(session, actor)]
    targets += [(f"t{t['id']}", t["name"]) for t in queries.teams(session, actor)]
    form.targets.choices = [t for t in targets if t[0] != own and t[0][0] in letters]

    def save() -> Saved:
        outcome = operations.copy(session, id, form.targets.data or [])
        _tell_refused(outcome)
        many = len(outcome.done)
        text = ngettext("%(num)s copy is made.", "%(num)s copies are made.", many)
        return Saved(url_for("terms.index"), text)

    return editing.answer(form, "terms/copy.html", save, terms=terms, words=_words)


@blueprint.post("/terms/inactivate")
@requires(Permission.TERMS_EDIT)
def inactivate() -> Response:
    """Switch the chosen terms off; they stay, and what is due by them stays due."""
    return _switch(active=False)


@blueprint.post("/terms/activate")
@requires(Permission.TERMS_EDIT)
def activate() -> Response:
    """Switch the chosen terms on again."""
    return _switch(active=True)


@blueprint.get("/terms/teams")
@requires(Permission.TERMS_READ)
def teams() -> Response:
    """Show which team looks after how many companies and by which terms."""
    session = db.session()
    rows = queries.teams(session, actor_of(session))
    return render("terms/teams.html", rows=rows, form=_care(rows), words=_words)


@blueprint.post("/terms/teams")
@requires(Permission.TERMS_EDIT)
def give_over() -> Response:
    """Have a team look after companies from now on."""
    session = db.session()
    rows = queries.teams(session, actor_of(session))
    form = _care(rows)

    def save() -> Saved:
        wanted = form.companies.data or []
        many = operations.look_after(session, form.team.data or None, wanted)
        text = ngettext("%(num)s company is given over.", "%(num)s companies are given over.", many)
        return Saved(url_for("terms.teams"), text)

    return editing.answer(form, "terms/teams.html", save, rows=rows, words=_words)


def _care(rows: Any) -> CareForm:
    session = db.session()
    form = CareForm()
    form.team.choices = [(0, gettext("Nobody"))] + [
        (row["id"], f"{row['division']} · {row['name']}") for row in rows
    ]
    form.companies.choices = [(p.key, p.name) for p in queries.partners(session, actor_of(session))]
    return form


def _switch(*, active: bool) -> Response:
    ids = lists.selected()
    back = request.form.get("next") or ""
    back = back if back.startswith("/terms") else url_for("terms.index")

    def act() -> Saved:
        outcome = operations.switch(db.session(), ids, active=active)
        _tell_refused(outcome)
        many = len(outcome.done)
        return Saved(back, ngettext("%(num)s is changed.", "%(num)s are changed.", many))

    return editing.attempt(act, back)


def _tell_refused(outcome: Outcome) -> None:
    for name, _number in outcome.refused[:3]:
        editing.tell(
            gettext("%(name)s has active terms for the same organisation already.", name=name),
            "err",
        )


def _in_the_way(way: Way, act: Any) -> int:
    """Do it; who stands in the way is kept, to be shown with a link."""
    try:
        made: int = act()
    except TermsInTheWay as refusal:
        way.id, way.name = refusal.way_id, str(refusal.values["name"])
        raise
    return made


def _offered(form: DueTermsForm) -> DueTermsForm:
    session = db.session()
    actor = actor_of(session)
    form.offer(
        queries.partners(session, actor),
        queries.teams(session, actor),
        queries.organisations(session, actor),
    )
    return form


def _kept() -> dict[str, Any]:
    return {name: request.args[name] for name in PARENTS.values() if request.args.get(name)}


def _parent() -> str:
    """Whose grid this is, as a key; empty: everybody's."""
    for letter, name in PARENTS.items():
        if number := request.args.get(name, type=int):
            return f"{letter}{number}"
    return ""


def _back(parent: str) -> str:
    kept: dict[str, Any] = {PARENTS[parent[0]]: parent[1:]} if parent else {}
    return url_for("terms.index", **kept)


def _without_organisations() -> Spec:
    """The list of a pool without the layer: no field of it appears."""
    return replace(
        TERMS,
        labels={name: text for name, text in TERMS.labels.items() if name != "organisation"},
        shown=[name for name in TERMS.shown if name != "organisation"],
        asks={name: ask for name, ask in TERMS.asks.items() if name != "organisation"},
    )


def _active_only() -> bool:
    return bool(workplace.settings_of(db.session()).get(ACTIVE_ONLY, True))


@blueprint.app_template_global("terms_words")
def _words(days: int | None, basis: str) -> str:
    """Terms in words: ``14 days from the invoice date``."""
    if days is None:
        return "–"
    text = ngettext("%(num)s day", "%(num)s days", days)
    return f"{text} {label(TermsBasis, basis).text}"


@blueprint.app_template_global()
def party_word(party: str) -> LazyString:
    """Whose terms they are, in words."""
    return label(TermsParty, party).text
