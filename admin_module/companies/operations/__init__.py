"""Companies, taken in and kept."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from admin_module.companies import queries
from admin_module.companies.errors import (
    AddressWrong,
    NoPremiumCollection,
    OneOperator,
    SettingWrong,
    StaysIntermediary,
)
from admin_module.companies.operations.doubles import refuse_doubles, refuse_number
from admin_module.companies.queries.people import members_of
from admin_module.companies.rules import identifiers
from admin_module.companies.rules.doubles import SHARED, UNIQUE
from admin_module.parameters.operations import set_parameter
from shared import audit, clock
from shared.actor import Actor
from shared.addresses import is_address
from shared.db import Session, actor_of
from shared.errors import Conflict, Refused, refuse
from shared.gates import NoCommission, holds
from shared.models.pools import Company, Pool
from shared.parameters import Parameter
from shared.sorting import sort_key
from shared.vocabulary import CompanyKind, IntermediaryType

LANGUAGES = {"UA": "uk", "DE": "de"}
CURRENCIES = {"UA": "UAH"}
# what tells a company from another
TELLS = ("code", "name", *UNIQUE, *SHARED)
# an account takes another way
IDENTIFIERS = tuple(name for name in identifiers.FIELDS if name != "iban")


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a form says of a company.

    Attributes:
        code: its number; empty: the next one.
        collects_premiums: whether it takes premiums in for insurers.
    """

    name: str
    code: str = ""
    kind: CompanyKind = CompanyKind.FIRM
    intermediary_type: IntermediaryType | None = None
    natural_person: bool = False
    country: str = "DE"
    language: str = ""
    currency: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    register_number: str = ""
    vat_id: str = ""
    tax_number: str = ""
    national_id: str = ""
    tax_note: str = ""
    agreement_number: str = ""
    agreement_date: date | None = None
    signatory: str = ""
    signatory_position: str = ""
    collects_premiums: bool = False


def problems(details: Details) -> list[Refused]:
    """Everything that is wrong with what a form says of a company, each with its field."""
    person = details.natural_person
    country = _country(details)
    found: list[Refused] = []
    if details.collects_premiums and person and country == "UA":
        found.append(NoPremiumCollection())
    for name in IDENTIFIERS:
        try:
            identifiers.checked(
                name, getattr(details, name), country=country, natural_person=person
            )
        except Refused as refusal:
            found.append(refusal)
    return found


def address_problems(details: Details) -> list[Refused]:
    """What is wrong with a company's e-mail."""
    email = details.email.strip()
    return [AddressWrong()] if email and not is_address(email) else []


def add(session: Session, details: Details, *, another: Collection[int] | None = ()) -> Company:
    """Take a company in; nobody of it can come in yet (DLG-17).

    Args:
        session: the transaction.
        details: of the company.
        another: companies like it that it is not, as somebody has said; None: none of all.

    Raises:
        Invalid: an identifier is not right; it names the field (several: ``InvalidTogether``).
        AddressWrong: the firm's e-mail is none.
        CompanyCodeTaken: the number is another one's.
        CompanyKnown, CompanyOutOfReach: it is there already, by a number that is its alone.
        CompanyAlike: one of its name or VAT ID is there, and nobody has said it is another.
        NoPremiumCollection: a natural person in Ukraine.
        OneOperator: it would run the pool.
    """
    actor = actor_of(session)
    refuse(problems(details) + address_problems(details))
    said = _checked(details)
    if said.kind is CompanyKind.POOL:
        raise OneOperator
    refuse_doubles(session, actor, {name: getattr(said, name) for name in TELLS}, another=another)
    code = said.code or queries.next_code(session, actor)
    values = {**_values(said), "code": code}
    company = Company(pool_id=actor.pool_id, sort_key=sort_key(said.name), **values)
    session.add(company)
    session.flush()
    audit.write(session, "created", "company", company.id, new=_told(values))
    return company


def change(
    session: Session,
    company_id: int,
    details: Details,
    *,
    version: int | None,
    another: Collection[int] = (),
) -> Company:
    """Change what is kept of a company; its account takes another way.

    Args:
        session: the transaction.
        company_id: which.
        details: all of it, as it is to be.
        version: as it was shown.
        another: companies like it that it is not, as somebody has said.

    Raises:
        NoSuchCompany: there is none within reach.
        Conflict: somebody saved since ``version`` was shown.
        NoCommission: it is paid commission and can't become an adviser.
        OneOperator: it runs the pool and would not, or the other way round.
        StaysIntermediary: it sells or has people here and would be an insurer.
        Invalid, CompanyCodeTaken, CompanyKnown, CompanyOutOfReach, CompanyAlike,
        NoPremiumCollection: see ``add``.
    """
    actor = actor_of(session)
    company = queries.get_company(session, actor, company_id, lock=True)
    # an address from before they were looked at does not keep anybody from changing the rest
    kept = details.email.strip() == (company.email or "")
    refuse(problems(details) + ([] if kept else address_problems(details)))
    said = _checked(replace(details, code=details.code or company.code))
    values = _values(said)
    before = {name: getattr(company, name) for name in values}
    if version is not None and version != company.version:
        raise _conflict(session, actor, company, before)
    _refuse_kind(session, actor, company, said.kind)
    fresh = {name: getattr(said, name) for name in TELLS if values[name] != before[name]}
    refuse_doubles(session, actor, fresh, own=company_id, another=another)
    adviser = said.intermediary_type is IntermediaryType.ADVISER
    if adviser and queries.is_paid(session, actor, company_id):
        raise NoCommission(company.name)
    changed = audit.write_change(
        session, "edited", "company", company_id, before=_told(before), after=_told(values)
    )
    for name in changed:
        setattr(company, name, values[name])
    if changed:
        company.sort_key = sort_key(company.name)
        company.version += 1
        session.flush()
        holds.renew(session, actor, today(session, actor), [company_id])
    return company


def field_problem(
    session: Session, name: str, typed: str, details: Details, *, own: int | None = None
) -> str:
    """Check one identifier as it is typed; what it would be kept as.

    Args:
        session: the transaction.
        name: its field.
        typed: what stands in it.
        details: what else the form says.
        own: the company's id, where it is there.

    Raises:
        Invalid: it is not right.
        CompanyKnown, CompanyOutOfReach, VatIdShared: another company has it.
    """
    checked = identifiers.checked(
        name, typed, country=details.country, natural_person=details.natural_person
    )
    if checked and name in (*UNIQUE, *SHARED):
        refuse_number(session, actor_of(session), name, checked, own=own)
    return checked


def put_gates(session: Session, *, on: bool) -> None:
    """Close the pool's gates to firms that have not proved what they must, or open them."""
    actor = actor_of(session)
    pool = queries.get_pool(session, actor)
    if pool.gates_on == on:
        return
    pool.gates_on = on
    session.flush()
    audit.write(session, "gates closed" if on else "gates opened", "pool", actor.pool_id)
    holds.renew(session, actor, clock.today(pool.time_zone))


def set_waiting(session: Session, days: int) -> None:
    """Set how many days approved bank details wait before they take effect.

    Raises:
        SettingWrong: less than one, or more than a month.
    """
    if not 1 <= days <= 30:
        raise SettingWrong
    set_parameter(session, Parameter.BANK_WAITING_DAYS, None, days)


def today(session: Session, actor: Actor) -> date:
    """The pool's day."""
    pool: Pool = queries.get_pool(session, actor)
    return clock.today(pool.time_zone)


def _checked(details: Details) -> Details:
    """The details with every identifier in the form it is kept in."""
    person = details.natural_person
    country = _country(details)
    kept: dict[str, Any] = {
        name: identifiers.checked(
            name, getattr(details, name), country=country, natural_person=person
        )
        for name in IDENTIFIERS
    }
    return replace(
        details,
        **kept,
        email=details.email.strip(),
        name=" ".join(details.name.split()),
        code=details.code.strip(),
        country=country,
        language=details.language or LANGUAGES.get(country, "en"),
        currency=details.currency or CURRENCIES.get(country, "EUR"),
    )


def _country(details: Details) -> str:
    return (details.country or "DE").strip().upper()


def _values(details: Details) -> dict[str, Any]:
    """As columns: what is empty is nothing."""
    plain = asdict(details)
    empty = {f.name for f in fields(Details) if f.default == ""} - {"code", "language", "currency"}
    return {name: (value or None) if name in empty else value for name, value in plain.items()}


def _told(values: Mapping[str, Any]) -> dict[str, object]:
    """As the journal keeps it."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
    }


def _refuse_kind(session: Session, actor: Actor, company: Company, kind: CompanyKind) -> None:
    """The kind decides what gates ask of a company: nobody slips out of them by another word."""
    if (company.kind == CompanyKind.POOL) != (kind is CompanyKind.POOL):
        raise OneOperator
    if kind is CompanyKind.INSURER and company.kind != CompanyKind.INSURER:
        day = today(session, actor)
        if (
            queries.is_paid(session, actor, company.id)
            or queries.producers_of(session, actor, company.id, day)
            or members_of(session, actor, company.id)
        ):
            raise StaysIntermediary


def _conflict(
    session: Session, actor: Actor, company: Company, before: Mapping[str, object]
) -> Conflict:
    last = next(iter(queries.history(session, actor, company.id)), None)
    return Conflict(
        before,
        who=last.recorded_by if last else company.recorded_by,
        when=last.recorded_at if last else company.recorded_at,
        version=company.version,
    )
