"""My contracts: the list, a record, and the way into my own keeping."""

from flask import Blueprint, g, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.contracts.operations.conversion import CONVERTIBLE, convert
from pool_module.crm.rules import files
from pool_module.overview.queries import book, consequences, contract
from portal_extranet.forms.contracts import ConversionForm
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import ContractState
from shared.web import editing, lists, records
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part, Record

blueprint = Blueprint("contracts", __name__, template_folder="../templates")
CONTRACTS = Spec(
    title=_("My contracts"),
    template="contracts/index.html",
    labels={
        "holder": _("Customer"), "number": _("Contract"), "product": _("Product"),
        "insurer": _("Insurer"), "begin_on": _("Begin"), "net_premium": _("Premium a year"),
        "state": _("Status"),
    },
    shown=("holder", "product", "begin_on", "net_premium", "state"),
    narrow=("product", "begin_on", "insurer", "state"),
    sort="holder",
    codes={"state": ContractState},
    asks={
        "q": Ask(_("Name or contract number")),
        "state": Ask(_("Status"), codes=ContractState),
        "line": Ask(_("Line of business"), choices=lambda: _choices("line")),
        "insurer": Ask(_("Insurer"), choices=lambda: _choices("insurer")),
        "adviser": Ask(_("Adviser"), choices=lambda: _choices("adviser")),
    },
    views=(
        View("all", _("All")),
        View("active", _("Active"), "state=active"),
        View("ended", _("Ended"), "state=cancelled&state=expired&state=converted"),
    ),
    cells="contracts/cells.html",
    search="q",
    saves=False,
    export=Permission.OWN_CONTRACTS,
    empty=(_("No contracts yet"), _("Contracts the pool keeps for you appear here.")),
)  # fmt: skip
TABS = (("data", _("Overview")), ("commission", _("Commission")), ("documents", _("Documents")),
        ("messages", _("Messages")))  # fmt: skip


@blueprint.get("/contracts")
@requires(Permission.OWN_CONTRACTS)
def index() -> Response:
    """List the firm's contracts with the pool."""
    session = db.session()
    return lists.respond(CONTRACTS, book.firm_contract_list(session, actor_of(session)))


@blueprint.get("/contracts/<int:id>")
@requires(Permission.OWN_CONTRACTS)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name for a record
    """Show a contract."""
    session = db.session()
    may = g.viewer.permissions
    tab = request.args.get("tab", "data")
    found = contract.get_contract(
        session, actor_of(session), id, clock.today(g.viewer.time_zone), tab=tab,
        with_money=Permission.OWN_STATEMENTS in may,
    )  # fmt: skip
    hidden = set() if Permission.OWN_STATEMENTS in may else {"commission"}
    record = Record(
        href=url_for("contracts.show", id=id),
        title=found.holder or found.contract.number,
        list_title=gettext("My contracts"),
        list_href=url_for("contracts.index"),
        code=found.contract.number,
        sub=f"{found.product} · {found.insurer}",
        state=lists.Shown.code_text(ContractState, found.contract.state),
        tone=contract.TONES.get(found.contract.state, "off"),
        tabs=tuple(Part(key, label) for key, label in TABS if key not in hidden),
    )
    convertible = found.contract.state in CONVERTIBLE and Permission.OWN_CONVERT in may
    return records.respond(
        "contracts/show.html", record, found=found, convertible=convertible, accept=files.ACCEPT
    )


@blueprint.route("/contracts/<int:id>/convert", methods=["GET", "POST"])
@requires(Permission.OWN_CONVERT)
def take(id: int) -> Response:  # noqa: A002
    """Show what follows from taking a contract over, and do it once it is confirmed."""
    session = db.session()
    actor = actor_of(session)
    today = clock.today(g.viewer.time_zone)
    done = contract.find_taken(session, actor, id)
    if done is not None:  # a double tap, or somebody of the firm was quicker
        return editing.done(Saved(url_for("own.contract", id=done)))
    told = consequences.consequences_of(session, actor, id, today)
    form = ConversionForm(number=told.contract.number, digest=told.digest)

    def save() -> Saved:
        version = told.contract.version
        converted = convert(session, actor, id, version=version, day=today, told=told.as_json())
        said = gettext("The contract is yours now; the pool sees nothing of your copy.")
        return Saved(url_for("own.contract", id=converted.private_contract_id), said)

    return editing.answer(
        form, "contracts/convert.html", save, told=told, today=today,
        convertible=told.contract.state in CONVERTIBLE,
    )  # fmt: skip


def _choices(dimension: str) -> list[tuple[str, str]]:
    session = db.session()
    rows = book.book_by(session, actor_of(session), dimension)
    language = f"name_{get_locale()}"
    found = {}
    for row in rows:
        names = row._mapping  # noqa: SLF001  -- a row's public view of itself
        found[str(row.id)] = names.get(language) or names.get("name_en") or row.name or "–"
    return sorted(found.items(), key=lambda pair: pair[1])
