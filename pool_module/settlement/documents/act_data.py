"""What an act of services (акт наданих послуг) says, as data. Amounts in its one currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from pool_module.settlement.documents.parties import Logo
from pool_module.settlement.documents.statement_data import (
    Adjustment,
    Contradiction,
    Entry,
    StatementData,
    total,
)
from pool_module.settlement.errors import NothingToCertify

CodeLabel = Literal["ЄДРПОУ", "РНОКПП", "Реєстр. №"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActParty:
    """One of the two who sign.

    Attributes:
        code_label: ``ЄДРПОУ`` (company), ``РНОКПП`` (person), or the number one from abroad has.
        status: tax status in words, e.g. ``ФОП, платник єдиного податку 3 групи``.
        signatory_position: post of the person responsible (Law 996-XIV art. 9(2)).
        acting_on: what he acts on, e.g. ``статуту``; none for a person acting for himself.
    """

    name: str
    code_label: CodeLabel
    code: str
    address: str
    iban: str
    signatory_position: str
    signatory: str
    bank: str | None = None
    status: str | None = None
    acting_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActData:
    """A primary document with the mandatory details of Law 996-XIV art. 9(2).

    Attributes:
        issued: date of drawing up (дата складання); also date and time stamp of the file.
        place: place of drawing up.
        customer: замовник, the pool.
        performer: виконавець, the payee.
        content: content of the operation, in Ukrainian.
        unit, quantity: unit of measure and volume.
        lines: the statement's lines of both blocks.
        amount: value of the services, before withholdings and without the opening balance.
        vat_text: what is said about VAT; given by the caller, for a sub-agent it is doubtful.
        second_language: puts a second line under the headings.

    Raises:
        Contradiction: ``amount`` is not the lines' payable and the adjustments.
        NothingToCertify: it is not above zero.
    """

    number: str
    issued: date
    place: str
    period_from: date
    period_through: date
    customer: ActParty
    performer: ActParty
    agreement_number: str
    agreement_date: date
    content: str
    currency: str
    amount: Decimal
    lines: tuple[Entry, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    vat_text: str | None = None
    unit: str = "послуга"
    quantity: Decimal = Decimal(1)
    second_language: Literal["en", "de"] | None = None
    logo: Logo | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise NothingToCertify(self.amount)
        parts = total(line.payable for line in self.lines)
        if self.amount != parts + total(one.amount for one in self.adjustments):
            raise Contradiction("the act's amount is not its lines and adjustments")


def act_total(data: StatementData) -> Decimal:
    """Give the value of a statement's services: payable of its lines and adjustments.

    Raises:
        NothingToCertify: it is not above zero, so there is no act.
    """
    if data.accrued <= 0:
        raise NothingToCertify(data.accrued)
    return data.accrued
