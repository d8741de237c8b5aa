"""Payouts kept back while a gate is closed, and let go by themselves after the cure.

A hold stands without dates: as long as its cause does. Superseded it is history, and a run that
knew it still says why it held. Holds that people set are left alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared import audit, workplace
from shared.actor import Actor
from shared.db.facts import fact_moment, stretch
from shared.gates.reading import gates_on, read
from shared.gates.rules import verdicts
from shared.i18n import catalogue
from shared.models.payees import PaymentHold
from shared.models.pools import Company
from shared.permissions import Permission
from shared.vocabulary import Door, Gate, GatePoint, IntermediaryType

HELD: Final = "Payouts to %(firm)s are on hold: the amount stays credited."
LIFTED: Final = "Payouts to %(firm)s go on."
HELD_FIRM: Final = "Your payouts are on hold: the amount stays credited. See why."
BANK_IN_FORCE: Final = "Your new bank details are in effect."
LIFTED_FIRM: Final = "Your payouts go on."


@dataclass(frozen=True)
class Renewed:
    """What changed: (firm, gate) pairs."""

    held: frozenset[tuple[int, Gate]] = frozenset()
    lifted: frozenset[tuple[int, Gate]] = frozenset()


def put_accounts_into_effect(session: Session, actor: Actor) -> list[int]:
    """Put approved bank details into effect that have waited long enough (the worker's alone)."""
    if actor.door is not Door.WORKER:
        return []
    applied = func.apply_bank_changes().table_valued("change_id", "firm_id")
    done = session.execute(select(applied.c.change_id, applied.c.firm_id)).all()
    for row in done:
        audit.write(session, "took effect", "bank_change", row.change_id, new={"firm": row.firm_id})
        workplace.notify(session, BANK_IN_FORCE, link="/firm", tone="ok", firm_id=row.firm_id)
    return [row.firm_id for row in done]


def renew(
    session: Session, actor: Actor, day: date, firm_ids: Collection[int] | None = None
) -> Renewed:
    """Hold payouts of firms that fail at the payout's gates, and let go those that no longer do.

    Args:
        session: the transaction; takes the fact lock where something changes.
        actor: in whose name.
        day: the pool's day.
        firm_ids: these; None: all.
    """
    put_accounts_into_effect(session, actor)
    standing = _standing(session, actor, firm_ids)
    wanted: dict[tuple[int, Gate], tuple[str, str]] = {}
    if gates_on(session, actor):
        for firm in read(session, actor, day, firm_ids).values():
            for verdict in verdicts(firm, GatePoint.PAYOUT, day):
                wanted[firm.id, verdict.gate] = (firm.name, firm.language)
    elif not standing:
        return Renewed()
    fresh = {key: told for key, told in wanted.items() if key not in standing}
    cured = {key: hold for key, hold in standing.items() if key not in wanted}
    if fresh or cured:
        _write(session, actor, fresh, cured)
    return Renewed(frozenset(fresh), frozenset(cured))


def _write(
    session: Session,
    actor: Actor,
    fresh: dict[tuple[int, Gate], tuple[str, str]],
    cured: dict[tuple[int, Gate], int],
) -> None:
    moment = fact_moment(session)
    if cured:
        session.execute(
            update(PaymentHold)
            .where(PaymentHold.pool_id == actor.pool_id, PaymentHold.id.in_(cured.values()))
            .values(superseded_at=moment, superseded_by=actor.name)
        )
    for (firm_id, gate), (_, language) in fresh.items():
        session.add(
            PaymentHold(
                pool_id=actor.pool_id,
                company_id=firm_id,
                valid=stretch(None, None),
                reason=reason_in(gate, language),
                cause=gate,
                recorded_at=moment,
            )
        )
    session.flush()
    for firm_id, gate in fresh:
        audit.write(session, "held", "company", firm_id, new={"gate": gate.value})
    for firm_id, gate in cured:
        audit.write(session, "let go", "company", firm_id, old={"gate": gate.value})
    _tell(session, actor, fresh.keys(), cured.keys())


def reason_in(gate: Gate, language: str) -> str:
    """Why a payout is held, in a firm's language: it stands on paper."""
    gettext = catalogue(language).gettext
    reasons = {
        Gate.REGISTER: gettext("The register entry is not proved"),
        Gate.INDEMNITY: gettext("The indemnity insurance is not proved"),
        Gate.AGREEMENT: gettext("There is no signed selling agreement"),
        Gate.BANK: gettext("There are no approved bank details"),
        Gate.SANCTIONS: gettext("The case is being reviewed"),
    }
    return str(reasons[gate])


def _standing(
    session: Session, actor: Actor, firm_ids: Collection[int] | None
) -> dict[tuple[int, Gate], int]:
    query = select(PaymentHold.id, PaymentHold.company_id, PaymentHold.cause).where(
        PaymentHold.pool_id == actor.pool_id,
        PaymentHold.superseded_at.is_(None),
        PaymentHold.cause.is_not(None),
    )
    if firm_ids is not None:
        query = query.where(PaymentHold.company_id.in_(firm_ids))
    return {(row.company_id, Gate(row.cause)): row.id for row in session.execute(query)}


def _tell(
    session: Session,
    actor: Actor,
    fresh: Collection[tuple[int, Gate]],
    cured: Collection[tuple[int, Gate]],
) -> None:
    """A line in the bells of the firm and of who keeps firms: once for each firm."""
    held = {firm for firm, _ in fresh}
    still = {firm for firm, _ in _standing(session, actor, None)}
    free = {firm for firm, _ in cured} - still
    named = select(Company.id, Company.name, Company.intermediary_type).where(
        Company.pool_id == actor.pool_id, Company.id.in_(held | free)
    )
    found = session.execute(named).all()
    names = {row.id: row.name for row in found}
    # a firm that has become an adviser's gets no payouts: none go on
    free -= {row.id for row in found if row.intermediary_type == IntermediaryType.ADVISER}
    for firms, staff, own, tone in (
        (held, HELD, HELD_FIRM, "warn"),
        (free, LIFTED, LIFTED_FIRM, "ok"),
    ):
        for firm in sorted(firms):
            workplace.notify(
                session, staff, link=f"/companies/{firm}", tone=tone,
                permission=Permission.COMPANIES_READ, values={"firm": names.get(firm, "")},
            )  # fmt: skip
            workplace.notify(session, own, link="/firm", tone=tone, firm_id=firm)
