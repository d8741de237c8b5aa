"""Statements and acts as they come out of a settlement: data for tests, demos and looking at."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import cycle, islice
from typing import Any, NamedTuple

from pool_module.settlement.documents.act_data import ActData, ActParty, act_total
from pool_module.settlement.documents.parties import BankAccount, Issuer, Logo, Payee
from pool_module.settlement.documents.statement_data import (
    Adjustment,
    Correction,
    Entry,
    Rate,
    ReserveAccount,
    StatementData,
    Withholding,
    total,
)
from shared.money import ZERO, round_cents
from shared.periods import add_months
from shared.vocabulary import Kind, RateOf

MARK = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44" width="44" height="44">
<rect width="44" height="44" rx="9" fill="#0A5C74"/>
<path d="M14 31V13l16 18V13" fill="none" stroke="#fff" stroke-width="4" stroke-linejoin="round"/>
</svg>"""

GERMAN_POOL = Issuer(
    name="Nordlicht Maklerpool AG",
    address=("Speicherstraße 14", "20457 Hamburg"),
    tax_number="27/123/45678",
    register_number="D-NT07-OPKQR-16",
    bank=BankAccount(name="Hanseatische Bank", iban="DE89 3704 0044 0532 0130 00", bic="COBADEFF"),
    particulars=("Amtsgericht Hamburg HRB 123456", "Vorstand: Jana Brandt, Dr. Olaf Petersen"),
    contact=("+49 40 555 01 40", "abrechnung@nordlicht.example"),
    logo=Logo(image=MARK, format="svg"),
)
UKRAINIAN_POOL = Issuer(
    name="ТОВ «Північне сяйво»",
    address=("вул. Хрещатик, 22, оф. 14", "01001 Київ"),
    tax_number="43215678",
    register_number="СП-000417",
    bank=BankAccount(name="АТ «Дніпро Банк»", iban="UA21 3223 1300 0002 6007 2335 6600 1"),
    particulars=("Директорка: Олена Гринчук",),
    contact=("+380 44 555 01 40", "vyplaty@syaivo.example"),
    logo=Logo(image=MARK, format="svg"),
)
KESSLER = Payee(
    number="10-4711",
    name="Kessler & Partner Versicherungsmakler GmbH",
    address=("z. Hd. Frau Miriam Kessler", "Aachener Straße 210", "50931 Köln"),
    country="DE",
    tax_ids=(("Steuernummer", "215/5712/0418"), ("Registernummer", "D-8K2P-7QX4M-31")),
    iban_masked="DE02 •••• •••• •••• 7788 04",
)
SHEVCHENKO = Payee(
    number="20-0093",
    name="Шевченко Ґалина Їванівна",
    address=("вул. Січових Стрільців, 7, кв. 12", "79000 Львів"),
    country="UA",
    tax_ids=(("РНОКПП", "3184710691"),),
    iban_masked="UA90 •••• •••• •••• 0518",
)
HARBOUR = Payee(
    number="10-2088",
    name="Harbour & Finch Insurance Brokers Ltd",
    address=("12 Quayside Row", "Dublin D02 XY45", "Ireland"),
    country="IE",
    tax_ids=(("VAT no.", "IE3669997OH"),),
    iban_masked="IE29 •••• •••• •••• 5678",
)


class Case(NamedTuple):
    """One kind of business, of which a factory makes many lines."""

    holder: str
    product: str
    insurer: str
    kind: Kind
    base: Decimal
    rate: Decimal
    liability_years: int


def case(holder: str, product: str, insurer: str, kind: Kind, terms: str) -> Case:
    """Make a case; ``terms`` are base, rate and years of liability."""
    base, rate, years = terms.split()
    return Case(holder, product, insurer, kind, Decimal(base), Decimal(rate), int(years))


CASES = (
    case("Öztürk, Selin", "BU Vision", "Aquila Leben", Kind.ACQUISITION, "18400.00 0.035 5"),
    case(
        "Straßenmeisterei Süd e. V.",
        "Flotte Plus",
        "Eura Komposit",
        Kind.RECURRING,
        "3812.40 0.14 0",
    ),
    case(
        "Brandstätter-Hohenlohe, Eva-Maria",
        "Klinik Privat",
        "Concordis Kranken",
        Kind.ACQUISITION,
        "4216.80 0.27 5",
    ),
    case(
        "Autohaus Grünwald-Steinbeiß Vertriebsgesellschaft mbH & Co. KG",
        "Gewerbe-Rechtsschutz Komfort 2026 mit Spezial-Strafrechtsschutz",
        "Delta Rechtsschutz",
        Kind.RECURRING,
        "1290.00 0.225 0",
    ),
    case("Yıldırım, Çağla", "Rente Index Flex", "Aquila Leben", Kind.DYNAMIC, "1044.00 0.035 5"),
    case("Tischlerei Kühn & Sohn", "Bauleistung", "Borealis Sach", Kind.RECURRING, "986.10 0.18 0"),
)
UKRAINIAN_CASES = (
    case(
        "Коваленко Андрій Петрович",
        "КАСКО «Дорога»",
        "УкрГарант",
        Kind.ACQUISITION,
        "24600.00 0.12 1",
    ),
    case("ФОП Бойко Наталія", "Майно МСБ", "УкрГарант", Kind.RECURRING, "8150.00 0.1 0"),
    case(
        "ТОВ «Агрохолдинг Поділля-Захід»",
        "Врожай 2026",
        "Карпати Страхування",
        Kind.ACQUISITION,
        "112400.00 0.075 1",
    ),
    case(
        "Ткачук Ірина",
        "Здоров’я родини",
        "Карпати Страхування",
        Kind.ACQUISITION,
        "15900.00 0.15 1",
    ),
)


def entries(count: int, cases: tuple[Case, ...] = CASES) -> tuple[Entry, ...]:
    """Make lines as a firm with a structure of its own gets them."""
    return tuple(
        entry(number, one) for number, one in enumerate(islice(cycle(cases), count), start=1)
    )


def entry(number: int, one: Case) -> Entry:
    """Make a line; every seventh contract is shared, every fourth was sold further down."""
    share = Decimal("0.5") if number % 7 == 0 else Decimal(1)
    from_below = number % 4 == 0
    gross = Fraction(one.base) * Fraction(one.rate) * Fraction(share)
    amount = round_cents(gross / 3 if from_below else gross)
    reserve = round_cents(Fraction(amount) / 10) if one.liability_years else ZERO
    effective = date(2026, 10, 1 + number % 28)
    return Entry(
        contract=f"{one.insurer[:2].upper()}-{61000 + number * 37}-{100 + number % 900}",
        holder=one.holder,
        product=one.product,
        insurer=one.insurer,
        kind=one.kind,
        event=f"E-2026-10-{number:05d}",
        effective=effective,
        producer="Kessler, Miriam" if from_below else "Jansen, Björn",
        level="Stufe 6" if from_below else "Stufe 4",
        difference_from="Jansen, Björn" if from_below else None,
        base=one.base,
        rate=Rate(of=RateOf.BASIS, value=one.rate),
        share=share,
        amount=amount,
        reserve=reserve,
        payable=amount - reserve,
        liability_end=add_months(effective, 12 * one.liability_years)
        if one.liability_years
        else None,
    )


def clawbacks() -> tuple[Entry, ...]:
    """Make corrections of earlier periods: a cancelled contract, a promotion found late."""
    first, second, third = entries(3)
    cancelled = replace(
        first,
        amount=Decimal("-6120.00"),
        reserve=Decimal("-612.00"),
        payable=Decimal("-5508.00"),
        correction=Correction(
            cause="Storno zum 15.09.2026 (Widerruf)",
            period_from=date(2026, 7, 1),
            period_through=date(2026, 7, 31),
            statement_number="CA-2026-07-0042",
        ),
    )
    reduced = replace(
        third,
        amount=Decimal("-3240.18"),
        reserve=Decimal("-324.02"),
        payable=Decimal("-2916.16"),
        correction=Correction(
            cause="Beitragsfreistellung zum 01.09.2026",
            period_from=date(2026, 3, 1),
            period_through=date(2026, 3, 31),
            statement_number="CA-2026-03-0039",
        ),
    )
    promoted = replace(
        second,
        difference_from="Bergmann-Wittgenstein, Annegret",
        amount=Decimal("48.11"),
        reserve=ZERO,
        payable=Decimal("48.11"),
        correction=Correction(
            cause="Beförderung zu Stufe 6, gültig ab 01.08.2026, erfasst am 02.10.2026",
            period_from=date(2026, 8, 1),
            period_through=date(2026, 8, 31),
        ),
    )
    return cancelled, reduced, promoted


def statement(**changes: Any) -> StatementData:
    """Make a German statement; what is not given follows from the lines."""
    values: dict[str, Any] = {
        "issuer": GERMAN_POOL,
        "payee": KESSLER,
        "language": "de",
        "number": "CA-2026-10-0042",
        "period_from": date(2026, 10, 1),
        "period_through": date(2026, 10, 31),
        "issued": date(2026, 11, 5),
        "currency": "EUR",
        "opening": ZERO,
        "entries": entries(6),
        "minimum_payout": Decimal("50.00"),
        "notes": (
            "Die Vermittlungsleistungen sind nach § 4 Nr. 11 UStG von der Umsatzsteuer befreit.",
        ),
    } | changes
    lines: tuple[Entry, ...] = (*values["entries"], *values.get("corrections", ()))
    balance: Decimal = values["opening"]
    balance += total(line.payable for line in lines)
    balance += total(one.amount for one in values.get("adjustments", ()))
    balance -= total(one.amount for one in values.get("withholdings", ()))
    held = values.get("hold_reason") or balance < max(values["minimum_payout"], ZERO)
    values.setdefault("payout", ZERO if held else balance)
    values.setdefault("closing", balance - values["payout"])
    moved = total(line.reserve for line in lines)
    reserve = ReserveAccount(opening=Decimal("4180.00"), closing=Decimal("4180.00") + moved)
    values.setdefault("reserve_account", reserve)
    return StatementData(**values)


def negative_statement(count: int = 60) -> StatementData:
    """Many lines, corrections larger than they: the balance is carried forward."""
    return statement(
        opening=Decimal("-35210.40"),
        entries=entries(count),
        corrections=clawbacks(),
        adjustments=(
            Adjustment(
                on=date(2026, 10, 15), text="Zuschuss Messestand Köln", amount=Decimal("250.00")
            ),
            Adjustment(
                on=date(2026, 10, 31), text="Servicegebühr, 2 Zugänge", amount=Decimal("-30.58")
            ),
        ),
    )


def ukrainian_statement() -> StatementData:
    """A natural person whose pool withholds ПДФО 18 % and військовий збір 5 %."""
    lines = tuple(
        replace(line, producer="Шевченко Ґалина", level="Рівень 3", difference_from=None)
        for line in entries(5, UKRAINIAN_CASES)
    )
    accrued = total(line.payable for line in lines)
    taxes = (("pdfo", "ПДФО", "0.18"), ("military_levy", "Військовий збір", "0.05"))
    return statement(
        issuer=UKRAINIAN_POOL,
        payee=SHEVCHENKO,
        language="uk",
        number="ЗВ-2026-10-0093",
        currency="UAH",
        entries=lines,
        notes=(),
        minimum_payout=Decimal("500.00"),
        withholdings=tuple(
            Withholding(
                code=code,
                name=name,
                rate=Decimal(rate),
                base=accrued,
                amount=round_cents(Fraction(accrued) * Fraction(rate)),
            )
            for code, name, rate in taxes
        ),
    )


def english_statement() -> StatementData:
    """A firm abroad, on hold."""
    return statement(
        payee=HARBOUR,
        language="en",
        number="CA-2026-10-0117",
        entries=tuple(replace(line, level="Level 4") for line in entries(6)),
        hold_reason="proof of professional indemnity has expired",
        notes=(),
    )


ACT_CUSTOMER = ActParty(
    name="ТОВ «Північне сяйво»",
    code_label="ЄДРПОУ",
    code="43215678",
    address="01001, м. Київ, вул. Хрещатик, 22, оф. 14",
    iban="UA21 3223 1300 0002 6007 2335 6600 1",
    bank="АТ «Дніпро Банк», МФО 322313",
    status="платник податку на прибуток на загальних підставах",
    signatory_position="Директорка",
    signatory="Олена Гринчук",
    acting_on="статуту",
)
ACT_PERFORMER = ActParty(
    name="ФОП Шевченко Ґалина Їванівна",
    code_label="РНОКПП",
    code="3184710691",
    address="79000, м. Львів, вул. Січових Стрільців, 7, кв. 12",
    iban="UA90 3052 9900 0002 6001 2345 0518 7",
    bank="АТ «Карпати Банк»",
    status="платник єдиного податку, 3 група",
    signatory_position="Фізична особа — підприємець",
    signatory="Ґалина Шевченко",
)


def act(**changes: Any) -> ActData:
    """Make the act that belongs to the Ukrainian statement."""
    source = ukrainian_statement()
    values: dict[str, Any] = {
        "number": "А-2026-10-0093",
        "issued": source.issued,
        "place": "м. Київ",
        "period_from": source.period_from,
        "period_through": source.period_through,
        "customer": ACT_CUSTOMER,
        "performer": ACT_PERFORMER,
        "agreement_number": "СА-118/25",
        "agreement_date": date(2025, 2, 3),
        "content": "Послуги субагента з реалізації страхових продуктів за жовтень 2026 р.",
        "currency": source.currency,
        "amount": act_total(source),
        "lines": source.lines,
        "adjustments": source.adjustments,
        "vat_text": "Без ПДВ (пп. 196.1.3 Податкового кодексу України).",
        "logo": UKRAINIAN_POOL.logo,
    } | changes
    return ActData(**values)
