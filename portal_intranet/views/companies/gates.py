"""The gates for business: what they do, whom they would stop, and closing or opening them."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin_module.companies import operations, queries
from portal_intranet.forms.companies import GatesForm
from portal_intranet.views.companies.checklist import NAMES
from portal_intranet.views.companies.room import blueprint
from shared import gates as table
from shared.db import actor_of
from shared.gates.words import effect_of
from shared.permissions import Permission
from shared.vocabulary import Gate, GateAction, GatePoint
from shared.web import editing
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today


@dataclass(frozen=True)
class Stopped:
    """A firm with what the gates do to it.

    Attributes:
        blocks: what keeps it from submitting.
        holds: what keeps its payouts back.
    """

    id: int
    name: str
    blocks: list[Gate]
    holds: list[Gate]


@blueprint.route("/companies/gates", methods=["GET", "POST"])
@requires(Permission.COMPANIES_EDIT, step_up=True)
def gates() -> Response:
    """Show the table and whom it stops; close the gates or open them."""
    session = db.session()
    actor = actor_of(session)
    pool = queries.get_pool(session, actor)
    form = GatesForm(bank_wait_days=pool.bank_wait_days)

    def save() -> Saved:
        operations.set_waiting(session, form.bank_wait_days.data)
        if request.form.get("do") in {"on", "off"}:
            operations.put_gates(session, on=request.form["do"] == "on")
        return Saved(url_for("companies.gates"), gettext("Saved."))

    return editing.answer(
        form, "companies/gates.html", save, on=pool.gates_on, stopped=_stopped(),
        rows=[(label_of(gate), effect_of(gate)) for gate in table.TABLE],
        label_of=label_of,
    )  # fmt: skip


def label_of(gate: Gate) -> str:
    """What a gate asks for."""
    other = {
        Gate.AUTHORISATION: gettext("Product released for the firm"),
        Gate.CONSENT: gettext("Customer's consent to health data"),
    }
    return other.get(gate) or str(NAMES[gate])


def _stopped() -> list[Stopped]:
    session = db.session()
    day = today()
    found = []
    firms = table.read(session, actor_of(session), day)
    near = queries.within_reach(session, actor_of(session), list(firms))
    for firm in firms.values():
        if firm.state != "active" or firm.id not in near:
            continue
        blocks = [
            v.gate
            for v in table.verdicts(firm, GatePoint.SUBMISSION, day)
            if v.action is GateAction.BLOCK
        ]
        holds = [v.gate for v in table.verdicts(firm, GatePoint.PAYOUT, day)]
        if blocks or holds:
            found.append(Stopped(firm.id, firm.name, blocks, holds))
    return sorted(found, key=lambda firm: firm.name)
