"""Lists of firms and people: brought, looked at cell by cell, taken over, sent back."""

from typing import Any, Final

from flask import Response as File
from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from admin_module.onboarding import queries, rules
from admin_module.onboarding.formats.returned import returned_file
from admin_module.onboarding.formats.tables import LARGEST
from admin_module.onboarding.operations import lists
from portal_intranet.views.companies.room import blueprint, root
from shared import workplace
from shared.db import actor_of
from shared.labels import label
from shared.models.firms import FirmList
from shared.permissions import Permission
from shared.vocabulary import FirmListState
from shared.web import editing, jobs, uploads
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render, wanted

COLUMNS: Final = {
    "code": _("Number"), "name": _("Firm"), "kind": _("Kind"),
    "intermediary_type": _("Intermediary type"), "natural_person": _("Natural person"),
    "country": _("Country"), "street": _("Street and number"), "postcode": _("Postcode"),
    "city": _("City"), "email": _("E-mail of the firm"), "phone": _("Phone"),
    "register_number": _("Register number"), "vat_id": _("VAT ID"),
    "tax_number": _("Tax number"), "national_id": _("National code (Ukraine)"),
    "iban": _("IBAN"), "holder": _("Account holder"), "above": _("Stands under"),
    "first_name": _("First name"), "last_name": _("Last name"), "person_email": _("E-mail"),
    "role": _("Role"), "another": _("Another firm"),
}  # fmt: skip
# what the rules and the job say, translated where it is read
TOLD: Final = (
    _("The firm's name is missing."),
    _("This is no kind of company: group, firm, partner …"),
    _("This is no type of intermediary: broker, agent, sub-agent, adviser, tip giver."),
    _("Write the country as DE or UA."),
    _("This is no e-mail address."),
    _("The role is broker or assistant."),
    _("Write a role, broker or assistant: without one nobody is invited."),
    _("The person's last name is missing."),
    _("Without an e-mail address nobody can be invited."),
    _(
        "Nobody has this number or name. Write the number or the name of a firm or person in the "
        "hierarchy, or of a firm in a row above."
    ),
    _("Several are called so: %(several)s. Write a number or name that only one of them has."),
    _(
        "%(above)s has no place in the hierarchy: give it one first, or name a firm or person "
        "that has one."
    ),
    _("Another row says otherwise of the same firm."),
    _("This is the number of %(firm)s, another firm."),
    _("%(firm)s has left the pool: onboard it anew by hand."),
    _(
        "There is %(firm)s already, with another number. If this is a second firm of that name, "
        "write yes in the column Another firm."
    ),
    _(
        "%(other)s has this VAT ID. If this is another firm all the same, write yes in the column "
        "Another firm."
    ),
    _("Give its number or register number: its name does not tell it from the other."),
    _("Kept as a person of the firm, without a login: no e-mail is given."),
    _("%(file)s has been looked at."),
    _("%(file)s can't be read."),
    _("%(file)s has been taken over."),
    _("%(file)s was laid down."),
    _("Taking firms and people over"),
    _("%(proof)s of %(firm)s ends on %(day)s."),
    _("%(proof)s ends on %(day)s: send a new proof."),
    _("Payouts to %(firm)s are on hold: the amount stays credited."),
    _("Payouts to %(firm)s go on."),
    _("Your payouts are on hold: the amount stays credited. See why."),
    _("Your payouts go on."),
    _("Your new bank details are in effect."),
    _("New bank details of %(firm)s wait for a second person."),
    _("New bank details were proposed for your firm. If it was not you, tell us."),
    _("Your new bank details are approved and take effect after a waiting time."),
    _("The new bank details proposed for your firm were refused."),
    _("A proof you sent has been checked and counts."),
    _("A proof you sent does not count. See why."),
    _("Your case was handed over by %(name)s: %(title)s"),
)
SHOWN: Final = 200
AT_WORK: Final = (FirmListState.READING, FirmListState.TAKING)
SHOWS_JOB: Final = (*AT_WORK, FirmListState.REFUSED)


@blueprint.route("/companies/lists", methods=["GET", "POST"])
@requires(Permission.COMPANIES_EDIT)
@uploads.takes_files_up_to(LARGEST + 1024 * 1024)
def bring() -> Response:
    """Bring a list of firms and people."""
    session = db.session()
    actor = actor_of(session)
    if request.method == "POST":
        sent = uploads.sent()

        def act() -> Saved:
            name, content = sent[0] if sent else ("", b"")
            made = lists.bring(session, root(), name, content)
            return Saved(url_for("companies.list", id=made))

        return editing.attempt(act, url_for("companies.bring"))
    return render(
        "companies/lists.html",
        found=[
            (one, label(FirmListState, rules.standing(one.state, at_work=one.at_work)))
            for one in queries.lists(session, actor)
        ],
        columns=COLUMNS,
    )


@blueprint.get("/companies/lists/<int:id>", endpoint="list")
@requires(Permission.COMPANIES_EDIT)
def show_list(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show what a list holds: columns found, what is wrong in which cell, how far it is."""
    session = db.session()
    found = queries.get_list(session, actor_of(session), id)
    standing = lists.standing(session, found)
    if wanted() == "list-job" and standing not in AT_WORK:
        response = File("")
        response.headers["HX-Refresh"] = "true"  # the state in the head and the rows know it now
        return response
    job = workplace.find_job_of(session, lists.KIND, "firm_list", id)
    chosen = request.args.get("rows", "")
    rows: list[dict[str, Any]] = [
        row for row in found.rows if not chosen or _outcome(row) == chosen
    ]
    return render(
        "companies/list.html",
        fragments={"list-job": "job"},
        found=found,
        rows=rows[:SHOWN],
        more=max(len(rows) - SHOWN, 0),
        counts=lists.counted(found.rows),
        chosen=chosen,
        columns={name: COLUMNS[name] for name in lists.titles(found) if name in COLUMNS},
        not_read=lists.unread(found),
        outcome=_outcome,
        said=_said,
        job=jobs.shown(job) if job and standing in SHOWS_JOB else None,
        standing=standing,
        may_drop=standing in lists.DROPPABLE and not any(row["done"] for row in found.rows),
        state=label(FirmListState, standing),
    )


@blueprint.post("/companies/lists/<int:id>/read")
@requires(Permission.COMPANIES_EDIT)
def read_again(id: int) -> Response:  # noqa: A002
    """Have a list read whose reading was stopped."""
    here = url_for("companies.list", id=id)

    def act() -> Saved:
        lists.read_again(db.session(), id)
        return Saved(here)

    return editing.attempt(act, here)


@blueprint.post("/companies/lists/<int:id>/drop")
@requires(Permission.COMPANIES_EDIT)
def drop_list(id: int) -> Response:  # noqa: A002
    """Throw a list away nothing has come of."""

    def act() -> Saved:
        lists.drop(db.session(), id)
        return Saved(url_for("companies.bring"), gettext("The list is thrown away."))

    return editing.attempt(act, url_for("companies.list", id=id))


@blueprint.post("/companies/lists/<int:id>/take")
@requires(Permission.COMPANIES_EDIT)
def take_list(id: int) -> Response:  # noqa: A002
    """Take over what is right of a list."""
    here = url_for("companies.list", id=id)

    def act() -> Saved:
        lists.order(db.session(), id)
        return Saved(here)

    return editing.attempt(act, here)


@blueprint.get("/companies/lists/<int:id>/rest.xlsx")
@requires(Permission.COMPANIES_EDIT)
def returned(id: int) -> Response:  # noqa: A002
    """Hand out the rows that could not be taken, to be corrected and brought again."""
    session = db.session()
    found: FirmList = queries.get_list(session, actor_of(session), id)
    rows = [
        (row["cells"], {name: _said(text, row) for name, text in row["errors"].items()})
        for row in lists.rejected(found)
    ]
    content = returned_file(lists.titles(found), rows, remark=gettext("What is wrong"))
    response = File(
        content,
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers.set("Content-Disposition", "attachment", filename="firms-to-correct.xlsx")
    return response


def _outcome(row: dict[str, Any]) -> str:
    if row["errors"]:
        return "error"
    return "done" if row["done"] else "known" if row["known"] else "new"


def _said(sentence: str, row: dict[str, Any]) -> str:
    """A reason in the reader's language; what fills its places stands with the row."""
    return gettext(sentence, **row.get("values", {}))
