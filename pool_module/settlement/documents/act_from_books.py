"""An act's data out of the books, with the details the law asks for (Law 996-XIV art. 9(2))."""

from pool_module.settlement.documents.act_data import ActData, ActParty, CodeLabel, act_total
from pool_module.settlement.documents.postal import address_of, grouped, logo_of
from pool_module.settlement.documents.statement_from_books import statement_data
from pool_module.settlement.errors import DetailsMissing
from pool_module.settlement.queries.issuing import Books
from shared.figures import Figures
from shared.i18n import catalogue
from shared.models.pools import Company

# what an act can't do without, and how it is called where it is entered
NEEDED = ("street", "city", "iban", "signatory", "signatory_position")


def act_data(books: Books, logo: bytes | None = None) -> ActData:
    """Say what was rendered in a period, as pool and payee sign it.

    Raises:
        NothingToCertify: the services come to nothing or less; there is no act.
        DetailsMissing: a company lacks what the law asks for.
    """
    data = statement_data(books, logo)
    amount = act_total(data)
    payee, operator = books.payee, books.operator
    if operator is None:
        raise DetailsMissing(books.pool.code, "operator")
    if payee.agreement_number is None or payee.agreement_date is None:
        raise DetailsMissing(payee.code, "agreement_number")
    gettext = catalogue("uk").gettext
    period = Figures("uk", data.currency).period(data.period_from, data.period_through)
    return ActData(
        number=act_number(books),
        issued=data.issued,
        place=operator.city or "",
        period_from=data.period_from,
        period_through=data.period_through,
        customer=_party(operator),
        performer=_party(payee),
        agreement_number=payee.agreement_number,
        agreement_date=payee.agreement_date,
        content=gettext("Sub-agent's services in the sale of insurance products, %(period)s")
        % {"period": period},
        currency=data.currency,
        amount=amount,
        lines=data.lines,
        adjustments=data.adjustments,
        vat_text=payee.tax_note,
        logo=logo_of(logo),
    )


def act_number(books: Books) -> str:
    """The act's number: counted per payee and year, e.g. ``2026/A-17/3``."""
    return f"{books.statement.issue_date.year}/{books.payee.code}/{books.acts_before + 1}"


def _party(company: Company) -> ActParty:
    label, code = _code_of(company)
    missing = [name for name in NEEDED if not getattr(company, name)]
    if code is None:
        missing.insert(0, "national_id")
    if missing:
        raise DetailsMissing(company.code, *missing)
    assert code
    assert company.iban
    assert company.signatory
    assert company.signatory_position
    return ActParty(
        name=company.name,
        code_label=label,
        code=code,
        address=", ".join(reversed(address_of(company))),
        iban=grouped(company.iban),
        bank=company.bank_name,
        signatory_position=company.signatory_position,
        signatory=company.signatory,
    )


def _code_of(company: Company) -> tuple[CodeLabel, str | None]:
    """A Ukrainian party has its code in the state register; one from abroad has that country's."""
    if company.country != "UA":
        return "Реєстр. №", (
            company.vat_id or company.register_number or company.tax_number or company.national_id
        )
    return ("РНОКПП" if company.natural_person else "ЄДРПОУ"), company.national_id
