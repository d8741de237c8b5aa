"""What a firm still needs before it can work, what that blocks, and where it is cured."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from admin_module.companies import queries
from admin_module.companies.queries import people, proofs
from pool_module.applications import operations as applications
from pool_module.applications import rules
from shared import gates
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.gates.words import effect_of
from shared.labels import Label, label
from shared.models.contracts import Application
from shared.models.firms import BankChange
from shared.models.pools import Company
from shared.vocabulary import (
    ApplicationState,
    BankState,
    Gate,
    GateAction,
    GatePoint,
    IntermediaryType,
    PersonState,
    ProofKind,
    Standing,
)
from shared.web import formats
from shared.web.access import opens
from shared.web.database import db
from shared.web.fields import today

NAMES = {
    Gate.BANK: _("Bank details"),
    Gate.COLLECTION: _("Premium collection"),
    **{gate: label(ProofKind, kind).text for gate, kind in {
        Gate.REGISTER: ProofKind.REGISTER,
        Gate.INDEMNITY: ProofKind.INDEMNITY,
        Gate.TRAINING: ProofKind.TRAINING,
        Gate.AGREEMENT: ProofKind.AGREEMENT,
        Gate.BACKGROUND: ProofKind.BACKGROUND,
        Gate.SANCTIONS: ProofKind.SANCTIONS,
    }.items()},
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of the checklist.

    Attributes:
        name: what is needed.
        standing: how the firm stands with it, or who is to come in.
        why: until when it holds, or what is wrong.
        effect: what it blocks, warns of or holds while it is open.
        href: where it is cured; empty: nothing to do, or nothing the reader may do.
        action: what the button says.
    """

    key: str
    name: LazyString | str
    standing: Standing | PersonState
    why: str
    effect: str
    href: str
    action: str

    @property
    def state(self) -> Label:
        """What its standing is called, and how it looks."""
        return label(type(self.standing), self.standing)

    @property
    def good(self) -> bool:
        """Whether nothing is to be done now."""
        return self.standing in {Standing.GOOD, Standing.ENDING}


def checklist_of(session: Session, actor: Actor, company: Company, day: date) -> list[Line]:
    """A firm's checklist in the portal of the staff."""
    found = gates.read(session, actor, day, [company.id]).get(company.id)
    checks = gates.checks(found, day) if found else []
    lines = [_line(company, check, found.untrained if found else None) for check in checks]
    if company.intermediary_type != IntermediaryType.ADVISER:
        placed = queries.is_placed(session, actor, company.id)
        lines.append(
            _plain("place", gettext("Place in the hierarchy"), done=placed,
                   href=_to("companies.place", id=company.id), action=gettext("Place"))
        )  # fmt: skip
    return [*lines, _first_user(session, actor, company)]


def _first_user(session: Session, actor: Actor, company: Company) -> Line:
    """Whether anybody of a firm has come in; who was invited and has not is invited once more."""
    name = gettext("First user has come in")
    members = people.members_of(session, actor, company.id)
    inside = any(member.last_seen_at for member in members)
    invited = people.invitations(session, actor, members)
    if inside or not invited:
        return _plain("user", name, done=inside, href=_to("people.create", company=company.id),
                      action=gettext("Invite"))  # fmt: skip
    last = max(invited, key=lambda member: invited[member])
    href = _to("people.show", id=last) if opens("people.again") else ""
    why = gettext("since %(day)s", day=formats.day(invited[last]))
    action = gettext("Send the invitation again")
    return Line("user", name, PersonState.INVITED, why, "", href, action)


def why_of(check: gates.Check, untrained: int | None) -> str:
    """Until when something holds, or what is wrong with it."""
    if check.standing is Standing.EXPIRED:
        return gettext("ended on %(day)s", day=formats.day(check.until))
    if check.gate is Gate.TRAINING and not check.good and untrained:
        return gettext("15 hours are missing for %(count)s people", count=untrained)
    if check.until is not None:
        return gettext("until %(day)s", day=formats.day(check.until))
    return ""


def stops(application: Application) -> dict[str, Any]:
    """What the gates do to an application that is still open, as its page shows it."""
    way = {state.value for state in (*rules.OPEN, *rules.STEPS)}
    found: list[gates.Verdict] = []
    if application.state in way and application.contract_id is None:
        accepted = application.state == ApplicationState.ACCEPTED
        point = GatePoint.CONTRACT if accepted else GatePoint.SUBMISSION
        found = applications.standing(db.session(), application, point, today())
    return {"verdicts": found, "Gate": Gate, "GateAction": GateAction}


def _line(company: Company, check: gates.Check, untrained: int | None) -> Line:
    if check.gate is Gate.BANK and not check.good and _open(company) is not None:
        href, action = _bank(company)
    elif check.gate is Gate.BANK:
        href, action = _to("companies.propose", id=company.id), gettext("Propose")
    elif check.gate is Gate.COLLECTION:
        href, action = _to("companies.edit", id=company.id), gettext("Edit")
    elif check.standing is Standing.SUBMITTED:
        href, action = "#proofs" if opens("companies.decide") else "", gettext("Check")
    else:
        href = _to("companies.prove", id=company.id, kind=PROOFS[check.gate])
        action = gettext("Record")
    return Line(
        key=check.gate.value,
        name=NAMES[check.gate],
        standing=check.standing,
        why=why_of(check, untrained),
        effect=effect_of(check.gate, paid=company.intermediary_type != IntermediaryType.ADVISER),
        href=href,
        action=action,
    )


def _open(company: Company) -> BankChange | None:
    """Bank details that wait already: then there are none to be proposed."""
    session = db.session()
    return proofs.find_open_bank_change(session, actor_of(session), company.id)


def _bank(company: Company) -> tuple[str, str]:
    """Where what waits is dealt with, for who can do something there: check it, or see it wait."""
    change = _open(company)
    own = change is not None and change.recorded_by == g.viewer.email
    waits = change is not None and change.state == BankState.PROPOSED
    checks = waits and not own and opens("companies.approve")
    here = url_for("companies.show", id=company.id, tab="bank")
    return (here, gettext("Check")) if checks else ("", "")


def _to(endpoint: str, **values: Any) -> str:
    """Where something is cured, for who may go there; empty for everybody else."""
    return url_for(endpoint, **values) if opens(endpoint) else ""


PROOFS = {
    Gate.REGISTER: "register",
    Gate.INDEMNITY: "indemnity",
    Gate.TRAINING: "training",
    Gate.AGREEMENT: "agreement",
    Gate.BACKGROUND: "background",
    Gate.SANCTIONS: "sanctions",
}


def _plain(key: str, name: str, *, done: bool, href: str, action: str) -> Line:
    standing = Standing.GOOD if done else Standing.MISSING
    return Line(key, name, standing, "", "", href, action)
