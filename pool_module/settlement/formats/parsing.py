"""From the fields of a step to its class: what each step must and may have.

Settlement rules, "Scenario files". Checked here is all that one step shows by itself.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from pool_module.settlement.formats import steps, values
from pool_module.settlement.formats.fields import Fields
from shared.vocabulary import Earning, Kind, RateOf, ReserveRelease

SCOPE: Final = ("product", "line", "insurer")
WHO: Final = ("producer", "group", "level")
WHERE: Final = ("division", "organisation")

KIND: Final = values.word(Kind)


def _stretch(fields: Fields) -> tuple[date, date | None]:
    start = fields.need("from", values.day)
    end = fields.may("to", values.any_day, None)
    if end is not None and end <= start:
        fields.refuse("to", f"not after from: {end}")
    return start, end


def _items(fields: Fields, name: str) -> list[Fields]:
    """Return the objects of a list, each with its place in the path (counted from 1)."""

    def read(raw: object) -> list[object]:
        if not isinstance(raw, list):
            raise ValueError("not a list")  # noqa: TRY004
        return raw

    raws = fields.need(name, read)
    return [Fields(fields.step, raw, f"{name}[{place}]") for place, raw in enumerate(raws, 1)]


def _parse_shares(fields: Fields) -> tuple[steps.Share, ...]:
    shares = []
    for item in _items(fields, "shares"):
        shares.append(
            steps.Share(item.need("producer", values.code), item.need("share", values.factor))
        )
        item.nothing_else()
    total = sum((share.share for share in shares), Decimal(0))
    if total != 1:
        fields.refuse("shares", f"the shares are {total}, not 1")
    return tuple(shares)


def _producer(fields: Fields) -> steps.Producer:
    code = fields.need("code", values.code)
    payee = fields.may("payee", values.code, code)
    return steps.Producer(code, payee, fields.may("house", values.flag, default=False))


def _product(fields: Fields) -> steps.Product:
    return steps.Product(
        fields.need("code", values.code),
        fields.need("insurer", values.code),
        fields.need("line", values.code),
    )


def _placement(fields: Fields) -> steps.Placement:
    producer = fields.need("producer", values.code)
    return steps.Placement(producer, fields.need("parent", values.code), *_stretch(fields))


def _career(fields: Fields) -> steps.Career:
    producer = fields.need("producer", values.code)
    return steps.Career(producer, fields.need("level", values.code), *_stretch(fields))


def _status(fields: Fields) -> steps.Status:
    producer = fields.need("producer", values.code)
    return steps.Status(producer, fields.need("active", values.flag), *_stretch(fields))


def _group(fields: Fields) -> steps.Group:
    producer = fields.need("producer", values.code)
    return steps.Group(producer, fields.need("group", values.code), *_stretch(fields))


def _reserve(fields: Fields) -> steps.Reserve:
    producer = fields.need("producer", values.code)
    return steps.Reserve(producer, fields.need("rate", values.part), *_stretch(fields))


def _rule(fields: Fields) -> steps.Rule:
    for names in (SCOPE, WHO, WHERE):
        fields.one_of(names)
    start, end = _stretch(fields)
    return steps.Rule(
        code=fields.need("code", values.code),
        kind=fields.need("kind", KIND),
        product=fields.may("product", values.code, None),
        line=fields.may("line", values.code, None),
        insurer=fields.may("insurer", values.code, None),
        producer=fields.may("producer", values.code, None),
        group=fields.may("group", values.code, None),
        level=fields.may("level", values.code, None),
        division=fields.may("division", values.code, None),
        organisation=fields.may("organisation", values.code, None),
        of=fields.need("of", values.word(RateOf)),
        rate=fields.need("rate", values.rate),
        valid_from=start,
        valid_to=end,
    )


def _withdraw_rule(fields: Fields) -> steps.WithdrawRule:
    return steps.WithdrawRule(fields.need("code", values.code))


def _agreement(fields: Fields) -> steps.Agreement:
    fields.one_of(SCOPE, needed=True)
    earning = fields.may("earning", values.word(Earning), Earning.LINEAR_MONTHLY)
    release = fields.may("reserve_release", values.word(ReserveRelease), ReserveRelease.AT_END)
    start, end = _stretch(fields)
    return steps.Agreement(
        kind=fields.need("kind", KIND),
        product=fields.may("product", values.code, None),
        line=fields.may("line", values.code, None),
        insurer=fields.may("insurer", values.code, None),
        liability_months=fields.need("liability_months", values.months),
        full_liability_months=fields.may("full_liability_months", values.months, 0),
        earning=earning,
        reserve_rate=fields.may("reserve_rate", values.part, Decimal(0)),
        reserve_release=release,
        valid_from=start,
        valid_to=end,
    )


def _contract(fields: Fields) -> steps.Contract:
    return steps.Contract(
        number=fields.need("number", values.code),
        product=fields.need("product", values.code),
        applied=fields.may("applied", values.day, None),
        issued=fields.may("issued", values.day, None),
        organisation=fields.may("organisation", values.code, None),
        division=fields.may("division", values.code, None),
        shares=_parse_shares(fields),
    )


def _shares(fields: Fields) -> steps.Shares:
    contract = fields.need("contract", values.code)
    return steps.Shares(contract, _parse_shares(fields), *_stretch(fields))


def _cancel(fields: Fields) -> steps.Cancel:
    contract = fields.need("contract", values.code)
    on = fields.need("on", values.day)
    return steps.Cancel(contract, on, fields.may("void", values.flag, default=False))


def _reduce(fields: Fields) -> steps.Reduce:
    contract = fields.need("contract", values.code)
    on = fields.need("on", values.day)
    return steps.Reduce(contract, on, fields.need("to", values.factor))


def _reinstate(fields: Fields) -> steps.Reinstate:
    return steps.Reinstate(fields.need("contract", values.code))


def _event(fields: Fields) -> steps.Event:
    return steps.Event(
        ref=fields.need("ref", values.code),
        contract=fields.need("contract", values.code),
        kind=fields.need("kind", KIND),
        effective=fields.need("effective", values.day),
        due=fields.need("due", values.day),
        basis=fields.may("basis", values.amount, Decimal(0)),
        received=fields.may("received", values.amount, Decimal(0)),
        units=fields.may("units", values.units, Decimal(0)),
    )


def _adjust(fields: Fields) -> steps.Adjust:
    return steps.Adjust(
        payee=fields.need("payee", values.code),
        on=fields.need("on", values.day),
        amount=fields.need("amount", values.amount),
        text=fields.need("text", values.text),
    )


def _tax(fields: Fields) -> steps.Tax:
    withholdings: dict[str, Decimal] = {}
    for item in _items(fields, "withholdings"):
        code = item.need("code", values.code)
        if code in withholdings:
            item.refuse("code", f"repeated: {code}")
        withholdings[code] = item.need("rate", values.part)
        item.nothing_else()
    return steps.Tax(fields.need("payee", values.code), withholdings)


def _hold(fields: Fields) -> steps.Hold:
    return steps.Hold(fields.need("payee", values.code), *_stretch(fields))


def _settle(fields: Fields) -> steps.Settle:
    return steps.Settle(fields.need("through", values.day))


PARSE: Final[Mapping[str, Callable[[Fields], steps.Step]]] = {
    "producer": _producer,
    "product": _product,
    "placement": _placement,
    "career": _career,
    "status": _status,
    "group": _group,
    "reserve": _reserve,
    "rule": _rule,
    "withdraw_rule": _withdraw_rule,
    "agreement": _agreement,
    "contract": _contract,
    "shares": _shares,
    "cancel": _cancel,
    "reduce": _reduce,
    "reinstate": _reinstate,
    "event": _event,
    "adjust": _adjust,
    "tax": _tax,
    "hold": _hold,
    "settle": _settle,
}
