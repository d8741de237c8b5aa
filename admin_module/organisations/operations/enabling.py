"""Enabling the layer of organisations: tried first, then once and for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from admin_module.organisations.errors import LayerOn, NotTyped
from admin_module.organisations.queries import units
from shared import audit
from shared.db import Session, actor_of
from shared.models.pools import Division, Organisation, Pool, Team
from shared.vocabulary import Unit


@dataclass(frozen=True)
class Books:
    """What the books say in a currency, before and after."""

    currency: str
    statements: int
    before: Decimal
    after: Decimal

    @property
    def same(self) -> bool:
        """To the cent."""
        return self.before == self.after


@dataclass(frozen=True)
class Report:
    """What enabling changes.

    Attributes:
        company: the name the default organisation gets, and what has to be typed.
        counts: what there is: divisions, teams, members, without_team, customers, contracts,
            applications, rules, global_rules.
        divisions: how many come into the default organisation.
        seated: how many members come into its first team, as they are in none.
        team: that team.
        books: per currency and figure, before and after.
    """

    company: str
    counts: Mapping[str, int]
    divisions: int
    seated: int
    team: str
    books: Mapping[str, Sequence[Books]]


def try_out(session: Session) -> Report:
    """Enable in a savepoint, see what that changes, and take it back (AIM-03).

    Raises:
        LayerOn: it is enabled already.
    """
    attempt = session.begin_nested()
    try:
        return _enable(session)
    finally:
        attempt.rollback()
        session.expire_all()


def enable(session: Session, typed: str) -> Report:
    """Enable the layer (AIM-01, 02, 07): nothing belongs anywhere else than before.

    The default organisation is named as the pool's company; every division belongs to it. What
    names no organisation is the default one's, so no customer, contract or rate is written, and
    existing rates are for all organisations (AIM-43). Who is in no team gets a seat in its first
    one, else he would see nothing from now on.

    Args:
        session: the transaction.
        typed: the company's name, as a confirmation.

    Raises:
        LayerOn: it is enabled already.
        NotTyped: something else was typed.
    """
    company = units.pool_company(session, actor_of(session))
    if typed.strip() != company:
        raise NotTyped(company)
    report = _enable(session)
    audit.write(
        session,
        "organisations enabled",
        "pool",
        actor_of(session).pool_id,
        old={"organisations_on": False},
        new={"organisations_on": True, "default": report.company, **report.counts},
    )
    return report


def _enable(session: Session) -> Report:
    actor = actor_of(session)
    if units.is_enabled(session, actor):
        raise LayerOn
    counts, before = units.report(session, actor), units.books(session, actor)
    company = units.pool_company(session, actor)
    whole = Organisation(pool_id=actor.pool_id, name=_free(session, company), is_default=True)
    session.add(whole)
    session.flush()
    given = units.give_divisions(session, actor, whole.id)
    team = _first_team(session, whole, company)
    seated = units.seat_members(session, actor, team.id)
    pool = session.get_one(Pool, actor.pool_id)
    pool.organisations_on = True
    session.flush()
    after = {row.currency: row for row in units.books(session, actor)}
    figures = ("paid_out", "closing", "reserve", "posted")
    return Report(
        company=company,
        counts=counts,
        divisions=given,
        seated=seated,
        team=team.name,
        books={
            name: [
                Books(
                    row.currency,
                    row.statements,
                    getattr(row, name),
                    getattr(after[row.currency], name),
                )
                for row in before
            ]
            for name in figures
        },
    )


def _free(session: Session, name: str) -> str:
    """The company's name; a scenario may have used it for an organisation of its own."""
    actor, tried, number = actor_of(session), name, 1
    taken = {row.name for row in units.units(session, actor, Unit.ORGANISATION)}
    while tried in taken:
        number += 1
        tried = f"{name} ({number})"
    return tried


def _first_team(session: Session, whole: Organisation, company: str) -> Team:
    """Where who is in no team works on: the default organisation's first team."""
    actor = actor_of(session)
    found = units.first_team(session, actor)
    if found is not None:
        return session.get_one(Team, (actor.pool_id, found))
    rows = units.units(session, actor, Unit.DIVISION, of=whole.id)
    division_id = next((row.id for row in rows if row.active), None)
    if division_id is None:
        taken = {row.name for row in units.units(session, actor, Unit.DIVISION)}
        name = company if company not in taken else f"{company} (2)"
        division = Division(pool_id=actor.pool_id, name=name, organisation_id=whole.id)
        session.add(division)
        session.flush()
        division_id = division.id
    team = Team(pool_id=actor.pool_id, name=company, division_id=division_id)
    session.add(team)
    session.flush()
    return team
