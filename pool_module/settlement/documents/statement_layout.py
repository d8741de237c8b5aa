"""A statement's data as the texts its template prints.

All wording, figures and order are decided here, so that the template is nothing but layout.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pool_module.settlement.documents.letterhead import issuer_layout, page_layout, payee_layout
from pool_module.settlement.documents.payout_steps import bars, steps_to_balance
from pool_module.settlement.documents.printable import breakable, printable
from pool_module.settlement.documents.statement_data import Entry, StatementData, total
from pool_module.settlement.documents.wording import (
    base_text,
    correction_text,
    kind_label,
    rate_text,
    role_text,
    share_text,
)
from shared.figures import NO_BREAK, Figures
from shared.i18n import catalogue

Layout = dict[str, Any]

# a delivered line's reference is a digest: it finds the line again (the CSV keeps it), and says
# nothing to a reader
READABLE_REF = 24


def statement_layout(data: StatementData) -> Layout:
    """Give all a statement prints as JSON values."""
    gettext = catalogue(data.language).gettext
    figures = Figures(data.language, data.currency)
    period = figures.period(data.period_from, data.period_through)
    headline = gettext("Commission statement for %(period)s") % {"period": period}
    title = f"{headline} · {data.payee.name} · {data.number}"
    return {
        "page": page_layout(data.language, title, data.issuer.name, data.issued),
        "issuer": issuer_layout(data.issuer, data.language),
        "payee": payee_layout(data.payee, data.issuer),
        "headline": printable(headline),
        "facts": _facts(data, figures),
        "summary": _summary(data, figures),
        "notices": [printable(notice) for notice in _notices(data, figures)],
        "notes": [printable(note) for note in data.notes],
        "columns": _columns(data, figures),
        "blocks": _blocks(data, figures),
        "tables": _tables(data, figures),
    }


def money_cell(value: Decimal, figures: Figures) -> Layout:
    """Write an amount for a column whose head names the currency."""
    return {"text": figures.movement(value), "negative": value < 0}


def _facts(data: StatementData, figures: Figures) -> list[list[str]]:
    gettext, pgettext = catalogue(data.language).gettext, catalogue(data.language).pgettext
    facts = [
        (gettext("Statement no."), data.number),
        (
            gettext("Period"),
            f"{figures.day(data.period_from)} – {figures.day(data.period_through)}",
        ),
        (gettext("Date"), figures.long_day(data.issued)),
        (gettext("Payee no."), data.payee.number),
        *data.payee.tax_ids,
    ]
    if data.payee.iban_masked:
        facts.append((str(pgettext("bank", "Account")), data.payee.iban_masked))
    return [[printable(label), printable(value)] for label, value in facts]


def _summary(data: StatementData, figures: Figures) -> Layout:
    gettext = catalogue(data.language).gettext
    steps = steps_to_balance(data)
    placed = bars(steps)
    return {
        "label": gettext("Payout"),
        "payout": figures.money(data.payout),
        "where": _destination(data),
        "steps": [
            {
                "label": printable(step.label),
                "note": step.note,
                "amount": figures.money(step.change),
                "negative": step.change < 0,
                "tone": step.tone,
                "start": bar.start,
                "width": bar.width,
            }
            for step, bar in zip(steps, placed, strict=True)
        ],
        "results": [
            _result(gettext("Balance"), data.balance, figures),
            _result(gettext("Payout"), -data.payout, figures) | {"negative": False},
            _result(gettext("Carried forward"), data.closing, figures),
        ],
    }


def _destination(data: StatementData) -> str:
    gettext = catalogue(data.language).gettext
    if not data.payout:
        return gettext("No payout for this period")
    if data.payee.iban_masked is None:
        return ""
    account = printable(data.payee.iban_masked).replace(" ", NO_BREAK)
    return gettext("to account %(account)s") % {"account": account}


def _result(label: str, value: Decimal, figures: Figures) -> Layout:
    return {"label": label, "amount": figures.money(value), "negative": value < 0}


def _notices(data: StatementData, figures: Figures) -> Iterable[str]:
    """Say why there is no payout although something stands (settlement: hold, minimum, debit)."""
    gettext = catalogue(data.language).gettext
    if data.hold_reason is not None:
        yield gettext("Payment hold: %(reason)s") % {"reason": data.hold_reason}
    if data.balance < 0:
        yield gettext(
            "The balance is negative. It is carried forward and set off against your next "
            "commissions."
        )
    elif data.minimum_payout is not None and data.balance < data.minimum_payout and data.balance:
        yield gettext(
            "The balance is below the minimum payout of %(minimum)s and is carried forward."
        ) % {"minimum": figures.money(data.minimum_payout)}


def _columns(data: StatementData, figures: Figures) -> list[str]:
    gettext = catalogue(data.language).gettext
    unit = {"currency": figures.symbol}
    return [
        gettext("Contract, policyholder, product"),
        gettext("Kind, effective date, event"),
        gettext("Producer, level"),
        gettext("Base (%(currency)s), rate, share") % unit,
        gettext("Amount (%(currency)s)") % unit,
        gettext("Reserve (%(currency)s), liable until") % unit,
        gettext("Payable (%(currency)s)") % unit,
    ]


def _blocks(data: StatementData, figures: Figures) -> list[Layout]:
    gettext = catalogue(data.language).gettext
    blocks = [
        (gettext("Lines of the period"), data.entries),
        (gettext("Releases of the cancellation reserve"), data.releases),
        (gettext("Corrections of earlier periods"), data.corrections),
    ]
    return [_block(title, lines, figures) for title, lines in blocks if lines]


def _block(title: str, lines: tuple[Entry, ...], figures: Figures) -> Layout:
    ngettext = catalogue(figures.language).ngettext
    count = ngettext("%(count)d line", "%(count)d lines", len(lines)) % {"count": len(lines)}
    gettext = catalogue(figures.language).gettext
    return {
        "title": title,
        "count": count,
        "lines": [_line(line, figures) for line in lines],
        "total": {
            "label": gettext("Total"),
            "amount": money_cell(total(line.amount for line in lines), figures),
            "reserve": money_cell(-total(line.reserve for line in lines), figures),
            "payable": money_cell(total(line.payable for line in lines), figures),
        },
    }


def _line(line: Entry, figures: Figures) -> Layout:
    until = line.liability_end
    return {
        "contract": breakable(line.contract),
        "holder": breakable(line.holder),
        "product": breakable(f"{line.product} · {line.insurer}"),
        "kind": kind_label(line.kind, figures.language),
        "effective": figures.day(line.effective),
        "event": breakable(line.event) if len(line.event) <= READABLE_REF else "",
        "producer": breakable(line.producer),
        "level": breakable(line.level or ""),
        "role": breakable(role_text(line, figures.language)),
        "base": base_text(line, figures),
        "rate": rate_text(line.rate, figures),
        "share": share_text(line.share, figures),
        "amount": money_cell(line.amount, figures),
        "reserve": money_cell(-line.reserve, figures),
        "until": figures.day(until) if until else "",
        "payable": money_cell(line.payable, figures),
        "correction": printable(correction_text(line.correction, figures))
        if line.correction
        else "",
    }


def _tables(data: StatementData, figures: Figures) -> list[Layout]:
    """The small tables after the lines: adjustments, withholdings, reserve account."""
    tables = []
    if data.adjustments:
        tables.append(_adjustments(data, figures))
    if data.withholdings:
        tables.append(_withholdings(data, figures))
    tables.append(_reserve_account(data, figures))
    return tables


def _adjustments(data: StatementData, figures: Figures) -> Layout:
    gettext = catalogue(data.language).gettext
    unit = {"currency": figures.symbol}
    amount = total(adjustment.amount for adjustment in data.adjustments)
    return {
        "name": "adjustments",
        "title": gettext("Adjustments"),
        "columns": [gettext("Date"), gettext("Text"), gettext("Amount (%(currency)s)") % unit],
        "numeric": [False, False, True],
        "rows": [
            [
                _text(figures.day(adjustment.on)),
                _text(adjustment.text),
                money_cell(adjustment.amount, figures),
            ]
            for adjustment in data.adjustments
        ],
        "total": [_text(gettext("Total")), _text(""), money_cell(amount, figures)],
    }


def _withholdings(data: StatementData, figures: Figures) -> Layout:
    gettext = catalogue(data.language).gettext
    unit = {"currency": figures.symbol}
    return {
        "name": "withholdings",
        "title": gettext("Withholdings"),
        "columns": [
            gettext("Withholding"),
            gettext("Rate"),
            gettext("Base (%(currency)s)") % unit,
            gettext("Amount (%(currency)s)") % unit,
        ],
        "numeric": [False, True, True, True],
        "rows": [
            [
                _text(withholding.name),
                _text(figures.percent(withholding.rate)),
                money_cell(withholding.base, figures),
                money_cell(-withholding.amount, figures),
            ]
            for withholding in data.withholdings
        ],
        "total": [
            _text(gettext("Total")),
            _text(""),
            _text(""),
            money_cell(-data.withheld, figures),
        ],
    }


def _reserve_account(data: StatementData, figures: Figures) -> Layout:
    gettext = catalogue(data.language).gettext
    unit = {"currency": figures.symbol}
    account = data.reserve_account
    return {
        "name": "reserve",
        "title": gettext("Cancellation reserve account"),
        "columns": [gettext("Movement"), gettext("Amount (%(currency)s)") % unit],
        "numeric": [False, True],
        "rows": [
            [_text(gettext("Opening reserve")), money_cell(account.opening, figures)],
            [_text(gettext("Reserve withholding")), money_cell(data.reserve_withheld, figures)],
            [_text(gettext("Reserve release")), _text(figures.movement(-data.reserve_released))],
        ],
        "total": [_text(gettext("Closing reserve")), money_cell(account.closing, figures)],
    }


def _text(text: str) -> Layout:
    return {"text": printable(text), "negative": False}
