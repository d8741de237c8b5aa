"""The pool before its first month: firms, people, tree, range, rates, and the older contracts."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from brokerpool.demo import offers
from brokerpool.demo.codes import Codes, read_codes
from brokerpool.demo.firms import CURRENCIES, GERMAN_TAX, LANGUAGES, Firm
from brokerpool.demo.months import Months
from brokerpool.demo.offers import ALWAYS, AgreementOf, RuleOf
from brokerpool.demo.recording import agency_number, record_contracts
from brokerpool.demo.sources import source
from brokerpool.demo.world import World
from brokerpool.demo.writing import Row, days, write, write_known
from shared.db import actor_of
from shared.sorting import sort_key
from shared.vocabulary import Door

CODE, NAME = "nordlicht", "Nordlicht"
FOUNDED: Final = "demo.founded"
MINIMUM_PAYOUT: Final = {"EUR": "25.00", "UAH": "500.00"}
SOLE_TRADERS_TAXES: Final = {"pdfo": "0.18", "vz": "0.05"}
OWN_RESERVE: Final = "0.20"


def found(session: Session, world: World) -> Codes:
    """Write all that stands before the first month is settled."""
    pool = actor_of(session).pool_id
    session.execute(
        text(
            "INSERT INTO pool (id, code, name, country, currency, time_zone, language, "
            "shows_income) VALUES (:id, :code, :name, 'DE', 'EUR', 'Europe/Berlin', 'de', true)"
        ),
        {"id": pool, "code": CODE, "name": NAME},
    )
    _companies(session, world)
    _range(session, world)
    codes = read_codes(session)
    session.execute(
        text("UPDATE pool SET operator_id = :operator WHERE id = :pool"),
        {"operator": codes.firms[world.operator.code], "pool": pool},
    )
    _sellers(session, world, codes)
    codes = read_codes(session)
    _standing_facts(session, world, codes)
    _agency_numbers(session, world, codes)
    write(session, "agreement", (_agreement(a, codes) for a in offers.agreements()))
    write(session, "audit_entry", [_founded(world)])
    rules = offers.rules(world.months, world.cast.motor_expert)
    write(session, "rule", (_rule(rule, codes) for rule in rules))
    record_contracts(session, codes, world, [c for c in world.contracts if c.born < 0])
    return codes


def find_plan(session: Session) -> tuple[Months, int] | None:
    """The months and the number of contracts a pool was founded with."""
    told = session.execute(
        text("SELECT new FROM audit_entry WHERE pool_id = :pool AND action = :action"),
        {"pool": actor_of(session).pool_id, "action": FOUNDED},
    ).scalar()
    return (Months(date.fromisoformat(told["start"])), told["contracts"]) if told else None


def _founded(world: World) -> Row:
    """The journal's first line: by it a load that was interrupted is continued as it was begun."""
    return {
        "door": Door.WORKER,
        "action": FOUNDED,
        "subject": "pool",
        "new": {"start": world.months.start, "contracts": len(world.contracts)},
    }


def _companies(session: Session, world: World) -> None:
    write(session, "company", map(_company, [world.operator, *world.firms]))
    write(session, "organisation", [{"name": offers.COOPERATION}])
    write(session, "division", [{"name": offers.BUSINESS}])
    write(session, "commission_group", [{"code": offers.SPECIALISTS, "name": offers.SPECIALISTS}])
    write(
        session,
        "career_level",
        (
            {
                "code": code,
                "name": name,
                "name_de": name,
                "name_uk": source("range")["level_names"][code][0],
                "name_en": source("range")["level_names"][code][1],
                "rank": rank,
            }
            for rank, (code, name) in enumerate(source("range")["levels"], 1)
        ),
    )


def _company(firm: Firm) -> Row:
    german = firm.country == "DE"
    own = ("code", "name", "kind", "country", "street", "postcode", "city", "email", "phone",
           "iban", "register_number", "national_id", "signatory", "signatory_position",
           "agreement_date")  # fmt: skip
    told = asdict(firm)
    return {
        **{name: told[name] for name in own},
        "sort_key": sort_key(firm.name),
        "intermediary_type": "broker" if german else "sub_agent",
        "natural_person": firm.sole_trader,
        "language": LANGUAGES[firm.country],
        "currency": CURRENCIES[firm.country],
        "tax_number": f"99/{int(firm.code[3:]):03d}/04711" if german else None,
        "bank_name": source("places")[firm.country]["bank"],
        "tax_note": GERMAN_TAX if german else None,
        "agreement_number": None if firm.kind == "pool" else f"VV-{firm.code[3:]}",
    }


def _range(session: Session, world: World) -> None:
    insurers = source("range")["insurers"]
    session.execute(
        text(
            "INSERT INTO insurer_identity (name, country, vu_number) "
            "SELECT * FROM unnest(CAST(:names AS text[]), CAST(:lands AS text[]), "
            "CAST(:numbers AS text[])) ON CONFLICT (vu_number) DO NOTHING"
        ),
        {
            "names": [row[1] for row in insurers if row[3]],
            "lands": [row[2] for row in insurers if row[3]],
            "numbers": [row[3] for row in insurers if row[3]],
        },
    )
    numbers = session.execute(text("SELECT vu_number, id FROM insurer_identity"))
    identities = {row[0]: row[1] for row in numbers}
    ids = write_known(
        session,
        "insurer",
        "code",
        (
            {"code": code, "name": name, "country": country, "identity_id": identities.get(vu)}
            for code, name, country, vu in insurers
        ),
    )
    names = ("code", "gdv_key", "name_de", "name_uk", "name_en")
    lines = write_known(
        session,
        "line_of_business",
        "code",
        (dict(zip(names, row, strict=True)) for row in source("range")["lines"]),
    )
    products = write_known(
        session,
        "product",
        "code",
        (
            {
                "code": p.code,
                "name": p.name,
                "insurer_id": ids[p.insurer],
                "line_id": lines[p.line],
            }
            for p in world.products
        ),
    )
    write(session, "product_version", _versions(world, products))


def _versions(world: World, products: dict[str, int]) -> Iterator[Row]:
    """Every product has today's tariff; a third had one before it."""
    change = world.months.first(-6)
    for number, product in enumerate(world.products):
        renewed = number % 3 == 0
        common = {
            "product_id": products[product.code],
            "unit_value": product.unit_value,
            "cap_years": 38 if product.basis == "sum" else None,
        }
        if renewed:
            name = f"{ALWAYS:%m/%Y}"
            yield {**common, "name": name, "valid": days(ALWAYS, change)}
        start = change if renewed else ALWAYS
        yield {**common, "name": f"{start:%m/%Y}", "valid": days(start)}


def _sellers(session: Session, world: World, codes: Codes) -> None:
    people = write_known(
        session,
        "person",
        "email",
        (
            {
                "company_id": codes.firms[s.firm],
                "first_name": s.first_name,
                "last_name": s.last_name,
                "sort_key": sort_key(s.last_name, s.first_name),
                "email": s.email,
                "phone": s.phone,
            }
            for s in world.sellers
        ),
    )
    producers = write_known(
        session,
        "producer",
        "code",
        (
            {
                "code": s.code,
                "name": s.name,
                "sort_key": sort_key(s.last_name, s.first_name),
                "house": s.house,
                "person_id": people[s.email],
                "firm_id": codes.firms[s.firm],
            }
            for s in world.sellers
        ),
    )
    write(
        session,
        "producer_payee",
        (
            {"producer_id": producers[s.code], "company_id": codes.firms[s.firm]}
            for s in world.sellers
        ),
    )


def _standing_facts(session: Session, world: World, codes: Codes) -> None:
    always = days(ALWAYS)
    write(
        session,
        "placement",
        (
            {
                "producer_id": codes.sellers[s.code],
                "parent_id": codes.sellers[s.above],
                "valid": always,
            }
            for s in world.sellers
            if s.above
        ),
    )
    write(
        session,
        "career",
        (
            {
                "producer_id": codes.sellers[s.code],
                "level_id": codes.levels[s.level],
                "valid": always,
            }
            for s in world.sellers
        ),
    )
    careful = codes.sellers[world.cast.careful]
    write(
        session,
        "producer_reserve",
        [{"producer_id": careful, "rate": OWN_RESERVE, "valid": always}],
    )
    write(
        session,
        "payment_terms",
        (
            {"currency": currency, "minimum_payout": amount, "valid": always}
            for currency, amount in MINIMUM_PAYOUT.items()
        ),
    )
    write(
        session,
        "withholding",
        (
            {"company_id": codes.firms[firm.code], "code": code, "rate": rate}
            for firm in world.firms
            if firm.sole_trader
            for code, rate in SOLE_TRADERS_TAXES.items()
        ),
    )


def _agency_numbers(session: Session, world: World, codes: Codes) -> None:
    write(
        session,
        "agency_number",
        (
            {
                "insurer_id": codes.insurers[insurer],
                "number": agency_number(insurer, s.code),
                "number_key": agency_number(insurer, s.code).upper(),
                "producer_id": codes.sellers[s.code],
                "valid": days(ALWAYS),
            }
            for insurer, _, country, _ in source("range")["insurers"]
            for s in world.sellers
            if s.country == country
        ),
    )


def _scope(codes: Codes, scope: tuple[str, str] | None) -> dict[str, int | None]:
    kind, code = scope or ("", "")
    return {
        "product_id": codes.products[code] if kind == "product" else None,
        "line_id": codes.lines[code] if kind == "line" else None,
        "insurer_id": codes.insurers[code] if kind == "insurer" else None,
    }


def _agreement(agreement: AgreementOf, codes: Codes) -> Row:
    defaults: dict[str, object] = {
        "liability_months": 0,
        "full_liability_months": 0,
        "earning": "linear_monthly",
        "reserve_rate": Decimal(0),
        "reserve_release": "at_end",
        "incoming_of": None,
        "incoming_rate": None,
    }
    return {
        "kind": agreement.kind,
        **_scope(codes, agreement.scope),
        **defaults,
        **agreement.values,
        "valid": days(ALWAYS),
    }


def _rule(rule: RuleOf, codes: Codes) -> Row:
    who, of_whom = rule.who or ("", "")
    unit, of_unit = rule.unit or ("", "")
    return {
        "code": rule.code,
        "kind": rule.kind,
        **_scope(codes, rule.scope),
        "producer_id": codes.sellers[of_whom] if who == "producer" else None,
        "group_id": codes.groups[of_whom] if who == "group" else None,
        "level_id": codes.levels[of_whom] if who == "level" else None,
        "organisation_id": codes.organisations[of_unit] if unit == "organisation" else None,
        "division_id": codes.divisions[of_unit] if unit == "division" else None,
        "rate_of": rule.of,
        "rate": rule.rate,
        "currency": rule.currency,
        "valid": days(rule.start, rule.to),
    }
