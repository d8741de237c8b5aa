"""Who stands on a paper: the pool company that issues it and the payee who gets it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A company's mark, as uploaded; SVG or PNG."""

    image: bytes
    format: Literal["svg", "png"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where a company keeps its money; printed in full on its own letterhead."""

    name: str
    iban: str
    bic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The pool company.

    Attributes:
        address: lines below the name, in postal order.
        register_number: its number in the register of intermediaries.
        particulars: further lines for the foot of the letter (court, board, …).
        contact: lines such as telephone and e-mail.
    """

    name: str
    address: tuple[str, ...]
    tax_number: str | None = None
    register_number: str | None = None
    bank: BankAccount | None = None
    particulars: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    logo: Logo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """The company that is paid.

    Attributes:
        address: lines below the name, in postal order.
        country: ISO 3166 alpha-2; ``DE`` puts the address where a window envelope shows it.
        tax_ids: label and value as its country names them, e.g. ``("РНОКПП", "3184710691")``.
        iban_masked: what may be shown of the account, e.g. ``DE89 •••• •••• 3000``.
    """

    number: str
    name: str
    address: tuple[str, ...]
    country: str
    tax_ids: tuple[tuple[str, str], ...] = ()
    iban_masked: str | None = None
