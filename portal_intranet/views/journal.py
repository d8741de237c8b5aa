"""The journal: who changed what, why, and who was the second person."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from flask import Blueprint, current_app, g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.crm.queries.tasks import staff
from pool_module.overview.queries.journal import OPENED, Entry, get_entry, journal_list, open_of
from portal_intranet.forms.telling import facts_of
from shared import clock
from shared.db import actor_of
from shared.periods import add_months
from shared.permissions import Permission
from shared.web import formats, lists, records
from shared.web.access import opens, past_the_wall, reaches, requires
from shared.web.authors import person
from shared.web.database import db
from shared.web.lists import Ask, Spec, Text, View
from shared.web.records import Record

blueprint = Blueprint("journal", __name__, template_folder="../templates")

SUBJECTS: Final[dict[str, Text]] = {
    "account_posting": _("Posting"),
    "adjustment": _("Adjustment"),
    "bank_change": _("Bank details"),
    "agency_number": _("Agency number"),
    "agreement": _("Agreement"),
    "application": _("Application"),
    "career": _("Career level"),
    "clearance_request": _("Clearance request"),
    "company": _("Company"),
    "contract": _("Contract"),
    "customer": _("Customer"),
    "delivery": _("Delivery"),
    "discrepancy": _("Discrepancy"),
    "division": _("Division"),
    "document": _("Document"),
    "firm_list": _("List of firms"),
    "due_terms": _("Payment terms"),
    "import_mapping": _("Column mapping"),
    "insurer": _("Insurer"),
    "invoice": _("Invoice"),
    "membership": _("Login"),
    "message": _("Message"),
    "organisation": _("Organisation"),
    "codes": _("Recovery codes"),
    "email": _("E-mail"),
    "factor": _("Second factor"),
    "password": _("Password"),
    "payment_terms": _("Payment terms"),
    "parameter_value": _("Parameter"),
    "period": _("Period"),
    "placement": _("Place in the hierarchy"),
    "pool": _("Pool"),
    "producer": _("Producer"),
    "product": _("Product"),
    "product_authorisation": _("Authorisation"),
    "product_version": _("Product version"),
    "proposal": _("Backdated change"),
    "regional_default": _("Regional default"),
    "role_permission": _("Permission"),
    "rule": _("Rate"),
    "settlement_run": _("Settlement run"),
    "statement": _("Statement"),
    "task": _("Task"),
    "team": _("Team"),
    "thread": _("Message"),
    "upload": _("Upload"),
}
# what is taken out is a list, and has its name
LISTS: Final[dict[str, Text]] = {
    "agreements": _("Agreements"),
    "applications": _("Applications"),
    "careers": _("Career levels"),
    "companies": _("Companies"),
    "contracts": _("Contracts"),
    "corrections": _("Corrections"),
    "customers": _("Customers"),
    "deliveries": _("Deliveries"),
    "delivery_lines": _("Commission lines"),
    "entries": _("Postings"),
    "events": _("Events"),
    "figures": _("Figures"),
    "firm_contracts": _("Contracts"),
    "firm_statements": _("Statements"),
    "insurers": _("Insurers"),
    "invoices": _("Invoices"),
    "journal": _("Journal"),
    "lines": _("Statement lines"),
    "own_contracts": _("Contracts of the firm's own"),
    "own_customers": _("Customers"),
    "payouts": _("Payouts"),
    "people": _("People"),
    "pool_customers": _("Customers"),
    "producer_figures": _("Figures of producers"),
    "producers": _("Producers"),
    "products": _("Products"),
    "proposal-lines": _("Lines of a backdated change"),
    "proposals": _("Backdated changes"),
    "rates": _("Rates"),
    "renewals": _("Renewals"),
    "runs": _("Settlement runs"),
    "statement_lines": _("Statement lines"),
    "statements": _("Statements"),
    "terms": _("Payment terms"),
    "threads": _("Messages"),
}
ACTIONS: Final[dict[str, Text]] = {
    "accepted": _("accepted"),
    "account shown": _("IBAN shown"),
    "new account shown": _("new IBAN shown"),
    "agreement copied": _("commission agreement taken over"),
    "bank details approved": _("bank details approved"),
    "bank details proposed": _("bank details proposed"),
    "bank details refused": _("bank details refused"),
    "bank details withdrawn": _("bank details withdrawn"),
    "came back": _("came back"),
    "gates closed": _("gates put in force"),
    "gates opened": _("gates opened"),
    "handed over": _("handed over"),
    "held": _("payouts held"),
    "left": _("left the pool"),
    "let go": _("payouts let go"),
    "list brought": _("brought"),
    "list taken": _("taken over"),
    "list read again": _("read again"),
    "list dropped": _("thrown away"),
    "module off": _("module switched off"),
    "module on": _("module switched on"),
    "proof accepted": _("proof checked"),
    "proof recorded": _("proof recorded"),
    "proof refused": _("proof sent back"),
    "proof sent": _("proof sent"),
    "proof withdrawn": _("proof withdrawn"),
    "role changed": _("role changed"),
    "settings copied": _("role set and modules taken over"),
    "took effect": _("took effect"),
    "activated": _("activated"),
    "added": _("added"),
    "approved": _("approved"),
    "asked": _("asked"),
    "assigned": _("assigned"),
    "attempts": _("tried in vain"),
    "authorisation ended": _("authorisation ended"),
    "authorised": _("allowed to be sold"),
    "barred": _("barred from selling"),
    "begun": _("begun"),
    "blocked": _("blocked"),
    "calculated": _("calculated"),
    "carrier code set": _("agency number set"),
    "changed": _("changed"),
    "changed career": _("career level changed"),
    "changed placement": _("place changed"),
    "changed status": _("status changed"),
    "cleared": _("cleared"),
    "closed": _("closed"),
    "converted": _("converted"),
    "copied": _("copied"),
    "created": _("created"),
    "deactivated": _("shut out"),
    "cut": _("reduced or cancelled"),
    "done": _("done"),
    "dropped": _("dropped"),
    "edited": _("changed"),
    "ended": _("ended"),
    "enlivened": _("filled"),
    "exported": _("taken out as a file"),
    "factors_done": _("second factors reset"),
    "factors_started": _("reset of the second factors asked for"),
    "founded": _("founded"),
    "imported": _("imported"),
    "invited": _("invited"),
    "inactivated": _("inactivated"),
    "issued": _("issued"),
    "let_in": _("let in"),
    "limit ended": _("no longer limited"),
    "limited": _("limited to a unit"),
    "mapped": _("mapped"),
    "moved": _("moved on"),
    "opened": _("opened"),
    "organisations enabled": _("organisations enabled"),
    "paid": _("noted as paid"),
    "placed": _("placed"),
    "promoted": _("promoted"),
    "proposed": _("proposed"),
    "reactivated": _("let in again"),
    "received": _("received"),
    "recorded": _("recorded"),
    "refused": _("refused"),
    "reinstated": _("put in force again"),
    "rejected": _("rejected"),
    "removed": _("removed"),
    "reopened": _("opened again"),
    "replaced": _("replaced"),
    "reset": _("reset"),
    "resolved": _("settled"),
    "sent": _("sent for approval"),
    "settled": _("settled"),
    "shared": _("shared among producers"),
    "shut": _("shut out by the pool"),
    "signed_out": _("signed out everywhere"),
    "superseded": _("superseded"),
    "taken": _("taken over"),
    "teams set": _("teams set"),
    "undid career": _("career level taken back"),
    "undid placement": _("place taken back"),
    "undid status": _("status taken back"),
    "used": _("used"),
    "withdrawn": _("withdrawn"),
    "withdrew": _("withdrawn"),
}
DOORS: Final[dict[str, Text]] = {
    "intranet": _("Intranet"),
    "extranet": _("Extranet"),
    "worker": _("Job"),
}
# where a thing stands
PLACES: Final = {
    "agreement": "agreements.show", "application": "applications.show", "company": "companies.show",
    "contract": "contracts.show", "customer": "customers.show", "delivery": "deliveries.show",
    "discrepancy": "discrepancies.show", "due_terms": "terms.show", "firm_list": "companies.list",
    "insurer": "insurers.show", "invoice": "invoices.show", "membership": "people.show",
    "producer": "producers.show", "product": "products.show", "proposal": "producers.change",
    "rule": "rates.show", "settlement_run": "runs.show", "statement": "statements.show",
    "thread": "threads.show",
}  # fmt: skip


def action_text(action: str) -> Text:
    """What was done, in the reader's language; a word nobody knows stands as it is."""
    verb = action.rpartition(".")[2]
    return ACTIONS.get(verb, verb.replace("_", " "))


def subject_text(subject: str) -> Text:
    """What it was done to."""
    return SUBJECTS.get(subject) or LISTS.get(subject, subject.replace("_", " "))


def place(subject: str, subject_id: int | None, lines: Iterable[Any]) -> str:
    """The address of a thing; empty where it has no page, or none that opens to the viewer.

    Args:
        subject: the kind of thing.
        subject_id: which one.
        lines: all lines of the page, with ``subject`` and ``thing``: they are asked for at once.
    """
    endpoint = PLACES.get(subject, "")
    if subject_id is None or endpoint not in current_app.view_functions:
        return ""
    if not (opens(endpoint) and reaches(endpoint)):
        return ""
    if subject in OPENED and (subject, subject_id) not in _open(lines):
        return ""
    return url_for(endpoint, id=subject_id)


def _open(lines: Iterable[Any]) -> set[tuple[str, int]]:
    """What of a page's lines opens; asked once a request."""
    if "journal_open" not in g:
        wanted: dict[str, set[int]] = {}
        for line in lines:
            if line.thing is not None:
                wanted.setdefault(line.subject, set()).add(line.thing)
        here = g.viewer.place
        g.journal_open = open_of(db.session(), wanted, here.reach if here else ())
    found: set[tuple[str, int]] = g.journal_open
    return found


def _people() -> list[tuple[str, str]]:
    session = db.session()
    return [(str(number), name) for number, name in staff(session, actor_of(session)).items()]


JOURNAL: Final = Spec(
    title=_("Journal"),
    template="journal/index.html",
    labels={
        "when": _("When"), "who": _("Who"), "action": _("What"), "subject": _("Of what"),
        "thing": _("Number"), "reason": _("Reason"), "second": _("Second person"),
        "door": _("Where"),
    },
    shown=("when", "who", "action", "subject", "thing", "reason", "second"),
    sort="-when",
    asks={
        "recorded_at": Ask(_("When")),
        "account": Ask(_("Who"), choices=_people),
        "subject": Ask(_("Of what"), choices=lambda: list(SUBJECTS.items())),
        "manual": Ask(_("Done by people")),
    },
    words={
        "action": action_text,
        "subject": subject_text,
        "door": lambda door: DOORS.get(door, door),
    },
    opens="journal.show",
    cells="journal/cells.html",
    narrow=("door", "second"),
    empty=(_("Nothing has happened yet"), _("Every change stands here with who made it.")),
)  # fmt: skip


# what the job and the bell say of a period taken out
TOLD: Final = (
    _("Reading tables"),
    _("The data of %(period)s is ready."),
    _("The export was stopped."),
    _("The data could not be taken out."),
)


@blueprint.get("/journal")
@requires(Permission.JOURNAL_READ)
@past_the_wall
def index() -> Response:
    """Show what was done; one view has what people did this month, one the month before.

    Who is behind a wall sees what was done in his organisation, and is told so.
    """
    return lists.respond(
        replace(JOURNAL, views=_views()),
        journal_list(db.session()),
        place=place,
    )


@blueprint.get("/journal/<int:id>")
@requires(Permission.JOURNAL_READ)
@past_the_wall
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a line with what it was and what it is."""
    entry = get_entry(db.session(), id)
    record = Record(
        href=url_for("journal.show", id=id),
        title=f"{subject_text(entry.subject)} {action_text(entry.action)}",
        list_title=JOURNAL.title,
        list_href=url_for("journal.index"),
        code=str(entry.subject_id or ""),
        sub=f"{person(entry.who)} · {formats.moment(entry.when)}",
    )
    (facts,) = facts_of(db.session(), [entry])
    return records.respond(
        "journal/show.html",
        record,
        entry=entry,
        facts=facts,
        where=DOORS.get(entry.door, entry.door),
        place=place(entry.subject, entry.subject_id, [_line(entry)]),
    )


def _line(entry: Entry) -> SimpleNamespace:
    return SimpleNamespace(subject=entry.subject, thing=entry.subject_id)


def _views() -> tuple[View, ...]:
    first = clock.today(g.viewer.time_zone).replace(day=1)
    before = add_months(first, -1)
    return (
        View("all", gettext("All")),
        View("manual", gettext("Manual changes"), "manual=yes"),
        View(
            "month",
            gettext("Manual, %(month)s", month=formats.month(first)),
            f"manual=yes&recorded_at.from={first}",
        ),
        View(
            "before",
            gettext("Manual, %(month)s", month=formats.month(before)),
            f"manual=yes&recorded_at.from={before}&recorded_at.until={first - timedelta(days=1)}",
        ),
    )
