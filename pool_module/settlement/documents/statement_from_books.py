"""A statement's data out of the books: nothing is reckoned here, only said."""

from datetime import date, timedelta
from decimal import Decimal

from pool_module.settlement.documents.causes import cause_text
from pool_module.settlement.documents.postal import issuer_of, language_of, payee_of
from pool_module.settlement.documents.statement_data import (
    Adjustment,
    Correction,
    Entry,
    Rate,
    ReserveAccount,
    StatementData,
    Withholding,
)
from pool_module.settlement.queries.issuing import Books
from shared.figures import Figures
from shared.i18n import catalogue
from shared.models.ledger import Period, StatementLine
from shared.money import CENT
from shared.vocabulary import Kind, Language, RateOf

RELEASE = "release"


def statement_data(books: Books, logo: bytes | None = None) -> StatementData:
    """Say what the books hold of a statement, in the payee's language.

    Args:
        books: what is booked.
        logo: the pool's mark, an SVG or PNG file.

    Raises:
        Contradiction: the figures don't add up.
    """
    statement, language = books.statement, language_of(books.payee)
    figures = Figures(language, statement.currency)
    lines = [(line, _entry(line, figures)) for line in books.lines]
    return StatementData(
        issuer=issuer_of(books.pool, books.operator, logo),
        payee=payee_of(books.payee, books.operator),
        language=language,
        number=statement.number,
        period_from=first_day(books.period),
        period_through=books.period.last_day,
        issued=statement.issue_date,
        currency=statement.currency,
        opening=statement.opening,
        payout=statement.payout,
        closing=statement.closing,
        reserve_account=ReserveAccount(
            opening=statement.reserve_opening, closing=statement.reserve_closing
        ),
        entries=tuple(entry for line, entry in lines if not line.correction),
        releases=tuple(entry for line, entry in lines if line.cause == RELEASE),
        corrections=tuple(entry for _, entry in lines if entry.correction),
        adjustments=tuple(
            Adjustment(on=one.on_day, text=one.text, amount=one.amount) for one in books.adjustments
        ),
        withholdings=tuple(
            Withholding(
                code=one.code,
                name=withholding_name(one.code, language),
                rate=bare(one.rate),
                base=one.base,
                amount=one.amount,
            )
            for one in books.withholdings
        ),
        hold_reason=_hold_reason(books, language),
        minimum_payout=statement.minimum_payout or None,
        notes=(books.payee.tax_note,) if books.payee.tax_note else (),
    )


def first_day(period: Period) -> date:
    """The first day of a period; of the very first one, the first of its month."""
    if period.after is None:
        return period.last_day.replace(day=1)
    return period.after + timedelta(days=1)


def withholding_name(code: str, language: Language) -> str:
    """What the payee reads for a tax; an unknown code stands for itself."""
    gettext = catalogue(language).gettext
    names = {
        "pdfo": gettext("Personal income tax (PDFO)"),
        "vz": gettext("Military levy"),
        "military_levy": gettext("Military levy"),
    }
    return names.get(code, code)


def bare(number: Decimal) -> Decimal:
    """A number without the zeros its column fills up with."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def _entry(line: StatementLine, figures: Figures) -> Entry:
    rate = None
    if line.rate_of is not None and line.rate is not None:
        rate = Rate(of=RateOf(line.rate_of), value=bare(line.rate))
    return Entry(
        contract=line.contract_number,
        holder=line.holder,
        product=line.product,
        insurer=line.insurer,
        kind=Kind(line.kind),
        event=line.event_ref,
        effective=line.effective,
        producer=line.producer,
        level=line.level,
        difference_from=line.difference_from,
        own_too=line.own_sale and line.difference_from is not None,
        base=_base(line),
        rate=rate,
        share=bare(line.share) if line.share is not None else Decimal(1),
        amount=line.payable + line.reserve,
        reserve=line.reserve,
        payable=line.payable,
        liability_end=line.liability_end,
        correction=_correction(line, figures),
    )


def _base(line: StatementLine) -> Decimal | None:
    if line.base is None:
        return None
    return bare(line.base) if line.rate_of == RateOf.UNIT else line.base.quantize(CENT)


def _correction(line: StatementLine, figures: Figures) -> Correction | None:
    if not line.correction or line.cause == RELEASE:
        return None
    assert line.corrects_from
    assert line.corrects_through
    cause = cause_text(
        line.cause,
        figures,
        on=line.cause_on,
        factor=line.cause_factor,
        reason=line.cause_text,
    )
    return Correction(
        cause=cause,
        period_from=line.corrects_from,
        period_through=line.corrects_through,
        statement_number=line.corrects_number,
    )


def _hold_reason(books: Books, language: Language) -> str | None:
    if not books.statement.on_hold:
        return None
    return books.hold_reason or catalogue(language).gettext("until further notice")
