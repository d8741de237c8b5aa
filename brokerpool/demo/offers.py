"""What the pool sells: insurers, lines, thirty products, what is agreed, and what it pays on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from brokerpool.demo.months import Months
from brokerpool.demo.sources import source
from shared.vocabulary import Kind

ALWAYS: Final = date(2020, 1, 1)
PROMOTED: Final = "AL-BU"
PROMOTION: Final = (5, 8)  # months [from, to) of the promo
SPECIALISTS: Final = "Gewerbespezialisten"
BUSINESS: Final = "Gewerbe"
COOPERATION: Final = "Kooperation Nordlicht"
GDV_INSURERS: Final = ("BS", "CK")  # deliver by GDV files, the others by lists
LIFE_LINES: Final = ("life", "pension", "disability")


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product of the range.

    Attributes:
        basis: what the commission is computed from: ``sum`` (of premiums), ``month`` (monthly
            premiums), ``net`` (yearly premium) or ``loan``.
        low: the least premium (or loan) in cents; ``high`` the most.
        incoming: what the insurer pays the pool for a sale, of the basis.
        recurring: what it pays on each premium afterwards.
        often: how often the premium is paid.
    """

    code: str
    name: str
    insurer: str
    line: str
    weight: int
    basis: str
    low: int
    high: int
    incoming: Decimal
    recurring: Decimal | None
    often: str
    liability: int
    reserve: Decimal
    full: int = 0
    earning: str = "linear_monthly"
    release: str = "at_end"
    business: bool = False
    unit_value: Decimal | None = None

    @property
    def country(self) -> str:
        """Where it is sold."""
        country: str = next(r[2] for r in source("range")["insurers"] if r[0] == self.insurer)
        return country


@dataclass(frozen=True, kw_only=True)
class RuleOf:
    """A rate rule by the codes of what it names; ``to`` is the first day it no longer holds."""

    code: str
    kind: str
    of: str
    rate: Decimal
    scope: tuple[str, str] | None = None  # ("line", "motor")
    who: tuple[str, str] | None = None  # ("level", "L3")
    unit: tuple[str, str] | None = None  # ("division", "Gewerbe")
    currency: str | None = None
    start: date = ALWAYS
    to: date | None = None


@dataclass(frozen=True, kw_only=True)
class AgreementOf:
    """An agreement by the codes of what it names."""

    kind: str
    scope: tuple[str, str]
    values: dict[str, object] = field(default_factory=dict)


def products() -> list[Product]:
    """The thirty products."""
    fields = source("range")["product_fields"]
    drawn = []
    for row in source("range")["products"]:
        told = dict(zip(fields, row, strict=True))
        told |= told.pop("extra")
        for name in ("incoming", "recurring", "reserve", "unit_value"):
            told[name] = Decimal(told[name]) if told.get(name) else None
        told["reserve"] = told["reserve"] or Decimal(0)
        drawn.append(Product(**told))
    return drawn


def agreements() -> list[AgreementOf]:
    """Per product what a sale and a premium bring; per line and insurer the rest."""
    drawn = []
    for product in products():
        sale: dict[str, object] = {
            "liability_months": product.liability,
            "full_liability_months": product.full,
            "earning": product.earning,
            "reserve_rate": str(product.reserve),
            "reserve_release": product.release,
            "incoming_of": "basis",
            "incoming_rate": str(product.incoming),
        }
        scope = ("product", product.code)
        drawn.append(AgreementOf(kind=Kind.ACQUISITION, scope=scope, values=sale))
        if product.recurring:
            held = {"incoming_of": "basis", "incoming_rate": str(product.recurring)}
            drawn.append(AgreementOf(kind=Kind.RECURRING, scope=scope, values={**held}))
    increase: dict[str, object] = {"liability_months": 60, "reserve_rate": "0.10"}
    drawn += [
        AgreementOf(kind=Kind.DYNAMIC, scope=("line", line), values=increase) for line in LIFE_LINES
    ]
    drawn += [
        AgreementOf(kind=kind, scope=("insurer", row[0]))
        for row in source("range")["insurers"]
        for kind in (Kind.CHANGE, Kind.EXTENSION, Kind.OTHER)
    ]
    return drawn


def rules(months: Months, motor_expert: str) -> list[RuleOf]:
    """The rates: per line and level, and one of every rank beside.

    Args:
        months: when the promo runs.
        motor_expert: code of the producer with a rate of his own.
    """
    return [*_level_rules(), *_promo(months), *_special_rules(motor_expert)]


def _level_rules() -> Iterator[RuleOf]:
    told = source("range")["rates"]
    levels = [row[0] for row in source("range")["levels"]]
    for kind in (Kind.ACQUISITION, Kind.RECURRING):
        for line, (of, *rates) in told[kind].items():
            for level, rate in zip(levels, rates, strict=True):
                yield RuleOf(
                    code=f"{kind[:3].upper()}-{line}-{level}", kind=kind, of=of,
                    rate=Decimal(rate), scope=("line", line), who=("level", level),
                )  # fmt: skip
    of, *rates = told["anything"]
    for kind in (Kind.DYNAMIC, Kind.CHANGE, Kind.EXTENSION, Kind.OTHER):
        for level, rate in zip(levels, rates, strict=True):
            yield RuleOf(
                code=f"{kind[:3].upper()}-{level}", kind=kind, of=of, rate=Decimal(rate),
                who=("level", level),
            )  # fmt: skip
    # legal expenses: agreed for the insurer as a whole, so that its rank is seen at work
    for level, rate in zip(levels, rates, strict=True):
        yield RuleOf(
            code=f"REC-DR-{level}", kind=Kind.RECURRING, of=of,
            rate=Decimal(rate) + Decimal("0.05"), scope=("insurer", "DR"), who=("level", level),
        )  # fmt: skip


def _promo(months: Months) -> Iterator[RuleOf]:
    start, end = (months.first(month) for month in PROMOTION)
    of, *rates = source("range")["rates"]["acquisition"]["disability"]
    for (level, _), rate in zip(source("range")["levels"], rates, strict=True):
        yield RuleOf(
            code=f"HERBSTSPRINT-{level}", kind=Kind.ACQUISITION, of=of,
            rate=Decimal(rate) + Decimal("0.0020"), scope=("product", PROMOTED),
            who=("level", level), start=start, to=end,
        )  # fmt: skip


def _special_rules(motor_expert: str) -> Iterator[RuleOf]:
    for kind, rate in ((Kind.ACQUISITION, "0.66"), (Kind.RECURRING, "0.64")):
        yield RuleOf(
            code=f"{kind[:3].upper()}-liability-SPEZ", kind=kind, of="received",
            rate=Decimal(rate), scope=("line", "liability"), who=("group", SPECIALISTS),
        )  # fmt: skip
    yield RuleOf(
        code="REC-motor-EIGEN", kind=Kind.RECURRING, of="received", rate=Decimal("0.63"),
        scope=("line", "motor"), who=("producer", motor_expert),
    )  # fmt: skip
    yield RuleOf(
        code="ACQ-CK-RK-FIX", kind=Kind.ACQUISITION, of="fixed", rate=Decimal("9.00"),
        scope=("product", "CK-RK"), currency="EUR",
    )  # fmt: skip
    for (level, _), rate in zip(
        source("range")["levels"], ("2.10", "2.50", "3.00", "3.40", "3.75", "4.05"), strict=True
    ):
        yield RuleOf(
            code=f"ACQ-BS-UN-EINHEIT-{level}", kind=Kind.ACQUISITION, of="unit",
            rate=Decimal(rate), scope=("product", "BS-UN"), who=("level", level), currency="EUR",
        )  # fmt: skip
    for (level, _), rate in zip(
        source("range")["levels"], ("0.50", "0.58", "0.67", "0.75", "0.82", "0.88"), strict=True
    ):
        yield RuleOf(
            code=f"REC-building-GEWERBE-{level}", kind=Kind.RECURRING, of="received",
            rate=Decimal(rate), scope=("line", "building"), who=("level", level),
            unit=("division", BUSINESS),
        )  # fmt: skip
    yield RuleOf(
        code="REC-household-KOOP-L1", kind=Kind.RECURRING, of="received", rate=Decimal("0.47"),
        scope=("line", "household"), who=("level", "L1"), unit=("organisation", COOPERATION),
    )  # fmt: skip
