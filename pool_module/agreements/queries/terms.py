"""Reading payment terms: whose they are, where they hold, and those an item asks."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from pool_module.agreements.errors import NoSuchTerms
from pool_module.agreements.rules.terms import Terms, TermsRow
from shared.actor import Actor
from shared.db import Session, facts
from shared.db.facts import Stand
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.due import TermsBasis, TermsParty
from shared.models.payees import PaymentTerms
from shared.models.pools import Company, Division, Organisation, Pool, Team
from shared.models.products import Insurer
from shared.models.terms import DueTerms, Invoice
from shared.scope import open_company, open_insurer

NAME: Final = func.coalesce(Company.name, Insurer.name, Team.name)
# companies that are paid or pay: everything but the pool itself
PARTNERS: Final = ("supergroup", "group", "subgroup", "firm", "partner")
LINKS: Final = (
    (Company, DueTerms.company_id),
    (Insurer, DueTerms.insurer_id),
    (Team, DueTerms.team_id),
    (Organisation, DueTerms.organisation_id),
)


class Whom(NamedTuple):
    """Somebody terms can be for: ``key`` is a letter (c, i, t) and a number."""

    key: str
    name: str


class Care(NamedTuple):
    """Who looks after a company: its team, and that team's organisation."""

    team_id: int | None
    organisation_id: int | None


def terms_list(session: Session, actor: Actor, *, active_only: bool = False) -> Listing:
    """The pool's payment terms: a row per company and organisation."""
    assert session.info["actor"] == actor
    of = DueTerms
    source = _joined().where(*_within(actor))
    if active_only:
        source = source.where(of.active)

    def named(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        return or_(*(NAME.icontains(v.strip(), autoescape=True) for v in values))

    place = func.coalesce(Organisation.name, literal(""))
    return Listing(
        name="terms",
        source=source,
        id=of.id,
        columns=(
            Column("name", NAME, Shape.TEXT, sort=func.lower(NAME)),
            Column("party", of.party, Shape.CODE, sort=of.party),
            Column("organisation", Organisation.name, Shape.TEXT, sort=place),
            Column("payable_days", of.payable_days, Shape.TEXT, sort=of.payable_days),
            Column("payable_from", of.payable_from, Shape.CODE),
            Column("receivable_days", of.receivable_days, Shape.TEXT, sort=of.receivable_days),
            Column("receivable_from", of.receivable_from, Shape.CODE),
            Column("overrides", of.overrides, Shape.FLAG, sort=of.overrides),
            Column("active", of.active, Shape.FLAG, sort=of.active),
            Column("recorded_at", of.recorded_at, Shape.MOMENT, sort=of.recorded_at),
            Column("recorded_by", of.recorded_by, Shape.TEXT),
        ),
        filters=(
            Filter("q", of.key, Shape.TEXT, condition=named),
            Filter("party", of.party, Shape.CODE),
            Filter("company", of.company_id, Shape.COUNT),
            Filter("insurer", of.insurer_id, Shape.COUNT),
            Filter("team", of.team_id, Shape.COUNT),
            Filter("organisation", of.organisation_id, Shape.COUNT),
            Filter("overrides", of.overrides, Shape.FLAG),
            Filter("active", of.active, Shape.FLAG),
        ),
    )


def get_terms(session: Session, actor: Actor, terms_id: int, *, lock: bool = False) -> DueTerms:
    """Payment terms by their number.

    Raises:
        NoSuchTerms: there are none within reach.
    """
    asked = select(DueTerms).where(*_within(actor), DueTerms.id == terms_id)
    asked = asked.with_for_update().execution_options(populate_existing=True) if lock else asked
    found = session.scalars(asked).one_or_none()
    if found is None:
        raise NoSuchTerms
    return found


def get_terms_named(session: Session, actor: Actor, terms_id: int) -> RowMapping:
    """Payment terms with the names of all they point to, and whether an item is due by them.

    Raises:
        NoSuchTerms: the pool has none.
    """
    of = DueTerms
    used = exists().where(Invoice.pool_id == of.pool_id, Invoice.terms_id == of.id)
    row = (
        session.execute(
            _joined()
            .where(*_within(actor), of.id == terms_id)
            .with_only_columns(
                of.id, of.party, of.company_id, of.insurer_id, of.team_id, of.organisation_id,
                of.payable_days, of.payable_from, of.receivable_days, of.receivable_from,
                of.overrides, of.active, of.version, of.recorded_at, of.recorded_by,
                of.copied_from_id, NAME.label("name"), Organisation.name.label("organisation"),
                used.label("used"),
            )
        )
        .mappings()
        .one_or_none()
    )  # fmt: skip
    if row is None:
        raise NoSuchTerms
    return row


def find_in_the_way(session: Session, actor: Actor, terms: DueTerms) -> RowMapping | None:
    """Other active terms of the same whom and where: id and name."""
    of = DueTerms
    same = [
        getattr(of, name).is_not_distinct_from(getattr(terms, name))
        for name in ("party", "company_id", "insurer_id", "team_id", "organisation_id")
    ]
    return (
        session.execute(
            _joined()
            .where(of.pool_id == actor.pool_id, of.active, of.id != (terms.id or 0), *same)
            .with_only_columns(of.id, NAME.label("name"))
        )
        .mappings()
        .one_or_none()
    )


def terms_rows(session: Session, actor: Actor) -> dict[tuple[TermsParty, str], list[TermsRow]]:
    """All active terms of the pool, by party and whom (c7, i3, t1)."""
    of = DueTerms
    found: dict[tuple[TermsParty, str], list[TermsRow]] = {}
    for row in session.scalars(select(of).where(of.pool_id == actor.pool_id, of.active)):
        party = TermsParty(row.party)
        found.setdefault((party, key_of(row)), []).append(
            TermsRow(
                id=row.id,
                party=party,
                organisation_id=row.organisation_id,
                payable=_terms(row.payable_days, row.payable_from),
                receivable=_terms(row.receivable_days, row.receivable_from),
                overrides=row.overrides,
            )
        )
    return found


def key_of(terms: DueTerms) -> str:
    """Whom terms are for, as a letter and a number."""
    if terms.team_id is not None:
        return f"t{terms.team_id}"
    return f"i{terms.insurer_id}" if terms.insurer_id is not None else f"c{terms.company_id}"


def care_of(session: Session, actor: Actor) -> dict[str, Care]:
    """Who looks after each company and insurer; under "" what holds for those without a team.

    Without organisations none is named; with them, what names none belongs to the default one.
    """
    on = session.execute(select(Pool.organisations_on).where(Pool.id == actor.pool_id)).scalar_one()
    default = session.execute(
        select(Organisation.id).where(
            Organisation.pool_id == actor.pool_id, Organisation.is_default
        )
    ).scalar_one_or_none()
    found = {"": Care(None, default if on else None)}
    for letter, model in (("c", Company), ("i", Insurer)):
        of: Any = model
        rows = session.execute(
            select(of.id, Team.id, Division.organisation_id)
            .join(Team, and_(Team.pool_id == of.pool_id, Team.id == of.team_id))
            .join(Division, and_(Division.pool_id == of.pool_id, Division.id == Team.division_id))
            .where(of.pool_id == actor.pool_id)
        )
        for number, team, organisation in rows:
            found[f"{letter}{number}"] = Care(team, (organisation or default) if on else None)
    return found


def partners(session: Session, actor: Actor) -> Sequence[Whom]:
    """Insurers, then companies, by name: whom terms can be for."""
    pool = actor.pool_id
    asked = union_all(
        select(
            literal(1).label("part"),
            (literal("i") + cast(Insurer.id, Text)).label("key"),
            Insurer.name.label("name"),
        ).where(Insurer.pool_id == pool, open_insurer(Insurer.id)),
        select(
            literal(2),
            literal("c") + cast(Company.id, Text),
            Company.name,
        ).where(Company.pool_id == pool, Company.kind.in_(PARTNERS), open_company(Company.id)),
    ).subquery()
    rows = session.execute(
        select(asked.c.key, asked.c.name).order_by(asked.c.part, func.lower(asked.c.name))
    )
    return [Whom(*row) for row in rows]


def teams(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The active teams with their division, and how many companies and insurers each looks after.

    Rows: id, name, division, companies, insurers, terms_id (its active default terms).
    """
    counted = [
        select(func.count())
        .select_from(model)
        .where(model.pool_id == Team.pool_id, model.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
        .label(name)
        for model, name in ((Company, "companies"), (Insurer, "insurers"))
    ]
    own = and_(
        DueTerms.pool_id == Team.pool_id,
        DueTerms.team_id == Team.id,
        DueTerms.organisation_id.is_(None),
        DueTerms.active,
    )
    return (
        session.execute(
            select(
                Team.id, Team.name, Division.name.label("division"), *counted,
                DueTerms.id.label("terms_id"), DueTerms.receivable_days, DueTerms.receivable_from,
            )
            .join(Division, and_(Division.pool_id == Team.pool_id, Division.id == Team.division_id))
            .outerjoin(DueTerms, own)
            .where(Team.pool_id == actor.pool_id, Team.active)
            .order_by(Division.name, Team.name)
        )
        .mappings()
        .all()
    )  # fmt: skip


def organisations(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The active organisations, where the pool has the layer; else none."""
    return (
        session.execute(
            select(Organisation.id, Organisation.name)
            .join(Pool, and_(Pool.id == Organisation.pool_id, Pool.organisations_on))
            .where(Organisation.pool_id == actor.pool_id, Organisation.active)
            .order_by(Organisation.name)
        )
        .mappings()
        .all()
    )


def looked_after(session: Session, actor: Actor, keys: Sequence[str]) -> Sequence[Any]:
    """Companies and insurers by their keys, locked, to be given a team."""
    found: list[Any] = []
    for letter, model, within in (("c", Company, open_company), ("i", Insurer, open_insurer)):
        of: Any = model
        ids = [int(key[1:]) for key in keys if key[:1] == letter and key[1:].isdecimal()]
        found += session.scalars(
            select(of)
            .where(of.pool_id == actor.pool_id, of.id.in_(ids), within(of.id))
            .with_for_update()
        )
    return found


def find_team(session: Session, actor: Actor, team_id: int) -> Team | None:
    """An active team of the pool."""
    return session.scalars(
        select(Team).where(Team.pool_id == actor.pool_id, Team.id == team_id, Team.active)
    ).one_or_none()


def find_whom(session: Session, actor: Actor, key: str) -> str | None:
    """The name of whom terms are to be for, by key; None: not within reach."""
    models: dict[str, Any] = {"c": Company, "i": Insurer, "t": Team}
    of = models.get(key[:1])
    if of is None or not key[1:].isdecimal():
        return None
    within = {"c": open_company, "i": open_insurer}.get(key[:1])
    limits = [within(of.id)] if within else []
    return session.execute(
        select(of.name).where(of.pool_id == actor.pool_id, of.id == int(key[1:]), *limits)
    ).scalar_one_or_none()


def minimum_payouts(session: Session, actor: Actor, day: date) -> Sequence[RowMapping]:
    """The least that is paid out, per currency, on a day: currency, minimum_payout, since."""
    of = PaymentTerms
    return (
        session.execute(
            select(of.currency, of.minimum_payout, func.lower(of.valid).label("since"))
            .where(
                of.pool_id == actor.pool_id,
                of.company_id.is_(None),
                of.superseded_at.is_(None),
                of.valid.contains(day),
            )
            .order_by(of.currency)
        )
        .mappings()
        .all()
    )


def find_latest_minimum(session: Session, actor: Actor, currency: str) -> dict[str, object]:
    """What was set last as the least payout of a currency: amount, start; empty: nothing."""
    of = PaymentTerms
    row = session.execute(
        select(of.minimum_payout, func.lower(of.valid).label("since"))
        .where(
            of.pool_id == actor.pool_id,
            of.company_id.is_(None),
            of.currency == currency,
            of.superseded_at.is_(None),
        )
        .order_by(of.recorded_at.desc(), func.lower(of.valid).desc())
        .limit(1)
    ).one_or_none()
    return {} if row is None else {"amount": row.minimum_payout, "start": row.since}


def stand_of_minimum(session: Session, currency: str) -> Stand:
    """The version of what is the least payout of a currency in the whole pool."""
    return facts.stand_of(session, PaymentTerms, {"currency": currency, "company_id": None})


def _within(actor: Actor) -> list[ColumnElement[bool]]:
    """The pool's terms, but those of an insurer or a firm that is limited to others."""
    of = DueTerms
    return [
        of.pool_id == actor.pool_id, open_company(of.company_id), open_insurer(of.insurer_id)
    ]  # fmt: skip


def _joined() -> Any:
    source = select().select_from(DueTerms)
    for model, column in LINKS:
        joined: Any = model
        source = source.outerjoin(
            joined, and_(joined.pool_id == DueTerms.pool_id, joined.id == column)
        )
    return source


def _terms(days: int | None, basis: str) -> Terms | None:
    return None if days is None else Terms(days, TermsBasis(basis))
