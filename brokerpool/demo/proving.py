"""What the firms have proved, so that the gates can be in force: a few stories among forty firms.

One indemnity insurance ends in twenty days, one firm owes last year's training hours, one has sent
a proof that waits to be checked, one proposed a new account, and one that is paid nothing is held.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import text

from admin_module.companies import operations as companies
from admin_module.companies.operations import banking, proofs
from admin_module.companies.operations.banking import Account
from admin_module.companies.operations.proofs import Evidence
from brokerpool.demo import identifiers
from brokerpool.demo.firms import Firm
from brokerpool.demo.stage import Stage
from brokerpool.demo.writing import Row, write
from shared.db import actor_of
from shared.vocabulary import ProofKind, ProofState

ADMIN: Final = "frauke.petersen"
BROKER: Final = "miriam.kessler"
ENDING: Final = "NL-121"  # whose indemnity insurance ends in twenty days
UNTRAINED: Final = "NL-213"
SENDING: Final = "NL-402"
SENDER: Final = "solomiia.stelmakh"
INSURERS: Final = {
    "DE": "Hanseatische Vermögensschaden AG",
    "UA": "Страхова компанія «Дніпро-Гарант»",
}
REGISTERS: Final = {"DE": "Handelskammer Hamburg", "UA": "Національний банк України"}
HOURS: Final = 15
# firms nobody was paid for yet: a hold there moves no money
UNPAID: Final = text("""
    SELECT c.code FROM company c WHERE c.pool_id = :pool AND c.kind = 'firm' AND NOT EXISTS (
        SELECT FROM statement s WHERE s.pool_id = :pool AND s.company_id = c.id AND s.payout > 0)
    AND NOT EXISTS (SELECT FROM statement s WHERE s.pool_id = :pool AND s.company_id = c.id
        AND s.closing > 0)
    ORDER BY c.code LIMIT 1""")
PEOPLE: Final = text("""
    SELECT p.id, c.code FROM person p JOIN company c ON c.pool_id = p.pool_id
        AND c.id = p.company_id WHERE p.pool_id = :pool ORDER BY p.id""")


def prove_firms(stage: Stage) -> None:
    """Write the proofs, let the people of the stories act, and put the gates in force."""
    worker = stage.worker
    pool = actor_of(worker).pool_id
    held = worker.execute(UNPAID, {"pool": pool}).scalar_one_or_none()
    write(worker, "proof", list(_proofs(stage, held)))
    people = worker.execute(PEOPLE, {"pool": pool}).all()
    write(worker, "proof", [_training(stage, row.id, row.code) for row in people
                            if row.code not in {UNTRAINED, stage.world.operator.code}])  # fmt: skip
    worker.commit()
    with stage.acting(BROKER) as session:
        banking.propose(session, stage.codes.firms["NL-121"], _new_account())
    with stage.acting(SENDER) as session:
        proofs.submit(session, stage.codes.firms[SENDING], _sent(stage))
    with stage.acting(ADMIN) as session:
        companies.put_gates(session, on=True)


def _proofs(stage: Stage, held: str | None) -> Iterator[Row]:
    for number, firm in enumerate(stage.world.firms):
        yield _proof(stage, firm, ProofKind.REGISTER, number)
        if firm.code != held:
            yield _proof(stage, firm, ProofKind.AGREEMENT, number)
        yield _proof(stage, firm, ProofKind.INDEMNITY, number)


def _proof(stage: Stage, firm: Firm, kind: ProofKind, number: int) -> Row:
    left = 20 if firm.code == ENDING else 90 + number * 7
    number_of = {
        ProofKind.REGISTER: firm.register_number or firm.national_id,
        ProofKind.AGREEMENT: f"VV-{firm.code[3:]}",
        ProofKind.INDEMNITY: f"VSH-{firm.code[3:]}-{stage.today.year}",
    }
    authority = {
        ProofKind.REGISTER: REGISTERS[firm.country],
        ProofKind.AGREEMENT: stage.world.operator.name,
        ProofKind.INDEMNITY: INSURERS[firm.country],
    }
    ends = kind is ProofKind.INDEMNITY
    begun = stage.today - timedelta(days=365 - left) if ends else firm.agreement_date
    return {
        "firm_id": stage.codes.firms[firm.code],
        "kind": kind,
        "state": ProofState.ACCEPTED,
        "result": "valid",
        "number": number_of[kind],
        "authority": authority[kind],
        "valid_from": begun,
        "valid_until": stage.today + timedelta(days=left) if ends else None,
        "signed_on": firm.agreement_date if kind is ProofKind.AGREEMENT else None,
        "edition": 1,
    }


def _training(stage: Stage, person_id: int, firm: str) -> Row:
    """Last year's hours of a person: fifteen or a few more."""
    year = stage.today.year - 1
    return {
        "firm_id": stage.codes.firms[firm],
        "person_id": person_id,
        "kind": ProofKind.TRAINING,
        "state": ProofState.ACCEPTED,
        "result": "valid",
        "year": year,
        "hours": HOURS + person_id % 7,
        "valid_from": f"{year}-12-31",
        "edition": 1,
    }


def _new_account() -> Account:
    return Account(
        iban=identifiers.iban("DE", 4_799_121),
        holder="Kessler & Partner GmbH",
        bank_name="Musterbank Süd",
        reason="Wechsel der Hausbank zum Monatsende.",
    )


def _sent(stage: Stage) -> Evidence:
    return Evidence(
        kind=ProofKind.TRAINING,
        valid_from=stage.today - timedelta(days=2),
        year=stage.today.year,
        hours=Decimal(9),
        note="Сертифікат вебінару.",
    )
