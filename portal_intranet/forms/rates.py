"""Forms of rates: one for all presets, and the question which rate would apply."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from pool_module.agreements.rules import RuleValues
from pool_module.settlement.engine.which import Question
from shared.figures import NO_BREAK
from shared.labels import label
from shared.periods import add_months
from shared.vocabulary import Kind, RateOf, RulePreset, RuleScope, RuleUnit, RuleWho
from shared.web import formats
from shared.web.fields import DayField, MoneyField, NumberField, read_number

ONE_DAY: Final = timedelta(days=1)
PARTS: Final = (RateOf.BASIS, RateOf.RECEIVED)
EIGHT: Final = Decimal("0.00000001")
CURRENCIES: Final = ("EUR", "UAH")
NONE: Final = [(0, "–")]


def _choices(words: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(word.value, label(type(word), word).text) for word in words]


def rate_text(rate: Decimal, rate_of: str, currency: str | None) -> str:
    """A rate as people write it: ``22,5 %``, ``40 ‰``, or an amount with its currency."""
    if rate_of in PARTS:
        small = rate_of == RateOf.BASIS and abs(rate) < Decimal("0.1")
        return formats.permille(rate) if small else formats.rate(rate)
    if rate == rate.quantize(Decimal("0.01")):
        return formats.money(rate, currency or "")
    return f"{formats.units(rate)}{NO_BREAK}{currency}"


def check_division(owner: tuple[int, str] | None, organisation_id: int | None) -> None:
    """Refuse a division of another organisation than the chosen one.

    Args:
        owner: the division's organisation, as id and name; None: there are none, or no division.
        organisation_id: what was chosen beside it.

    Raises:
        ValidationError: it is another's.
    """
    if owner is not None and organisation_id and owner[0] != organisation_id:
        raise ValidationError(
            gettext(
                "This division belongs to %(name)s: choose that organisation, or another division.",
                name=owner[1],
            )
        )


class RuleForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A rate rule; agent rate, dated rate and default value are presets of it."""

    kind = SelectField(_("Kind"), [InputRequired()], choices=_choices(tuple(Kind)))
    scope = RadioField(
        _("What it is about"), choices=_choices(tuple(RuleScope)), default=RuleScope.PRODUCT.value
    )
    product_id = SelectField(_("Product"), [InputRequired()], coerce=int, default=0)
    line_id = SelectField(_("Line of business"), [InputRequired()], coerce=int, default=0)
    insurer_id = SelectField(_("Insurer"), [InputRequired()], coerce=int, default=0)
    who = RadioField(
        _("Whom it is for"), choices=_choices(tuple(RuleWho)), default=RuleWho.LEVEL.value
    )
    producer = StringField(_("Producer"), [Length(max=200)])
    group_id = SelectField(_("Rate group"), [InputRequired()], coerce=int, default=0)
    level_id = SelectField(_("Career level"), [InputRequired()], coerce=int, default=0)
    rate_of = SelectField(
        _("Rate is a part of"), [InputRequired()], choices=_choices(tuple(RateOf))
    )
    rate = StringField(_("Rate"), [InputRequired(), Length(max=40)])
    currency = SelectField(
        _("Currency"), [InputRequired()], choices=[SelectChoice(c, c) for c in CURRENCIES]
    )
    everywhere = BooleanField(_("Global: for all organisations and divisions"), default=True)
    organisation_id = SelectField(_("Organisation"), coerce=int, default=0)
    division_id = SelectField(_("Division"), coerce=int, default=0)
    active = BooleanField(_p("rate", "Active"), default=True)
    valid_from = DayField(_("Effective from"), [InputRequired()])
    valid_until = DayField(_("Expires on"))
    code = StringField(_("Code"), [Length(max=60)])
    reason = StringField(_("Reason"), [Length(max=200)])
    amount = Decimal(0)
    owners: Mapping[int, tuple[int, str]] = MappingProxyType({})

    def offer(self, products: Sequence[Any], lines: Sequence[Any], insurers: Sequence[Any],
              people: Any) -> None:  # fmt: skip
        """Say what can be chosen; organisations only where the pool has them."""
        self.product_id.choices = NONE + [
            (row["id"], f"{row['insurer']} · {row['name']}") for row in products
        ]
        for field, rows in (
            (self.line_id, lines),
            (self.insurer_id, insurers),
            (self.group_id, people.groups),
            (self.level_id, people.levels),
            (self.organisation_id, people.organisations),
        ):
            field.choices = NONE + [(row["id"], row["name"]) for row in rows]
        self.division_id.choices = [(0, gettext("All divisions"))] + [
            (row["id"], row["name"]) for row in people.divisions
        ]
        self.owners = people.owners

    def preset(self, wanted: str, day: date, *, product_id: int = 0) -> None:
        """Begin a new rule: effective today, a year long unless it is a default value."""
        self.valid_from.data = day
        if wanted != RulePreset.DEFAULT:
            self.valid_until.data = add_months(day, 12) - ONE_DAY
        if wanted == RulePreset.AGENT:
            self.who.data = RuleWho.PRODUCER.value
        if product_id:
            self.product_id.data = product_id

    def fill(self, rule: Mapping[Any, Any]) -> None:
        """Begin with what a rule says."""
        self.kind.data = rule["kind"]
        self.scope.data, self.who.data = rule["scope"], rule["who"]
        for name in ("product_id", "line_id", "insurer_id", "group_id", "level_id",
                     "organisation_id", "division_id"):  # fmt: skip
            self[name].data = rule[name] or 0
        self.keep(rule)
        self.producer.data = rule["producer_code"] or ""
        self.rate_of.data, self.currency.data = rule["rate_of"], rule["currency"] or CURRENCIES[0]
        self.rate.data = _typed(rule["rate"], rule["rate_of"])
        self.everywhere.data = rule["unit"] == RuleUnit.GLOBAL
        self.valid_from.data = rule["start"]
        self.valid_until.data = rule["end"] - ONE_DAY if rule["end"] else None

    def keep(self, rule: Mapping[Any, Any]) -> None:
        """Let a rule keep an organisation or a division that is no longer offered."""
        for field, name in (
            (self.organisation_id, rule["organisation"]),
            (self.division_id, rule["division"]),
        ):
            number = rule[field.name]
            if number and number not in {choice[0] for choice in field.choices}:
                field.choices = [*field.choices, (number, name)]

    def is_about(self, rule: Mapping[Any, Any]) -> None:
        """What a saved rule is about is read only in it: insurer, line, product."""
        self.scope.data = rule["scope"]
        for name in ("product_id", "line_id", "insurer_id"):
            self[name].data = rule[name] or 0

    def continues(self, day: date) -> None:
        """Begin on a day, for a year."""
        self.valid_from.data = day
        self.valid_until.data = add_months(day, 12) - ONE_DAY

    @staticmethod
    def rate_hint() -> str:
        """How rates are typed."""
        return gettext(
            "%(percent)s, %(permille)s, or an amount",
            percent=formats.rate(Decimal("0.225")),
            permille=formats.permille(Decimal("0.04")),
        )

    def validate_scope(self, field: RadioField) -> None:
        """What it is about must be named."""
        chosen = self._fields.get(f"{field.data}_id")
        if chosen is not None and not chosen.data:
            raise ValidationError(gettext("Choose beside it what the rate is about."))

    def validate_who(self, field: RadioField) -> None:
        """Whom it is for must be named."""
        named = {
            RuleWho.PRODUCER: (self.producer.data or "").strip(),
            RuleWho.GROUP: self.group_id.data,
            RuleWho.LEVEL: self.level_id.data,
            RuleWho.ANYONE: True,
        }
        # what is none of the choices was refused already
        if field.data in named and not named[RuleWho(field.data)]:
            raise ValidationError(gettext("Choose beside it whom the rate is for."))

    def validate_everywhere(self, field: BooleanField) -> None:
        """Not global: for an organisation or a division."""
        if not field.data and not (self.organisation_id.data or self.division_id.data):
            raise ValidationError(
                gettext("Choose an organisation or a division, or leave it global.")
            )

    def validate_division_id(self, field: SelectField) -> None:
        """A division of the organisation that is chosen beside it."""
        if not self.everywhere.data:
            check_division(self.owners.get(field.data), self.organisation_id.data)

    def validate_rate(self, field: StringField) -> None:
        """Read the rate by what it is a part of."""
        text = (field.data or "").strip()
        part = self.rate_of.data in PARTS
        divisor = (1000 if "‰" in text else 100) if part else 1
        signs = "%‰" if part else "€₴"
        try:
            value = read_number(text.translate(str.maketrans("", "", signs))) / divisor
            exact = value.quantize(EIGHT)
        except (ValueError, ArithmeticError):
            raise ValidationError(self._example()) from None
        if exact != value or not 0 <= value < 10**9:
            raise ValidationError(self._example())
        self.amount = value

    def values(self, producer_id: int | None) -> RuleValues:
        """What was typed; the last day becomes the first it no longer holds."""
        scope, who, until = self.scope.data, self.who.data, self.valid_until.data
        unit = {} if self.everywhere.data else self._unit()
        return RuleValues(
            kind=self.kind.data,
            rate_of=self.rate_of.data,
            rate=self.amount,
            currency=None if self.rate_of.data in PARTS else self.currency.data,
            start=self.valid_from.data,
            end=until + ONE_DAY if until else None,
            product_id=self.product_id.data if scope == RuleScope.PRODUCT else None,
            line_id=self.line_id.data if scope == RuleScope.LINE else None,
            insurer_id=self.insurer_id.data if scope == RuleScope.INSURER else None,
            producer_id=producer_id,
            group_id=self.group_id.data if who == RuleWho.GROUP else None,
            level_id=self.level_id.data if who == RuleWho.LEVEL else None,
            code=(self.code.data or "").strip(),
            reason=(self.reason.data or "").strip() or None,
            **unit,
        )

    def _unit(self) -> dict[str, int]:
        if self.division_id.data:
            return {"division_id": self.division_id.data}
        return {"organisation_id": self.organisation_id.data}

    def _example(self) -> str:
        if self.rate_of.data in PARTS:
            return gettext(
                "Type a rate like %(percent)s or %(permille)s.",
                percent=formats.rate(Decimal("0.225")),
                permille=formats.permille(Decimal("0.04")),
            )
        return gettext("Type an amount, e.g. %(example)s.", example=formats.amount(Decimal("2.10")))


def _typed(rate: Decimal, rate_of: str) -> str:
    if rate_of in PARTS:
        return rate_text(rate, rate_of, None)
    return formats.units(rate)


class ChangeForm(RuleForm):
    """A rule as it is to be, and from when."""

    holds = RadioField(
        _("The change holds"),
        choices=[
            SelectChoice("since", _("from a day on; before it the old rate stands")),
            SelectChoice("always", _("from the beginning: a correction")),
        ],
        default="since",
    )
    since = DayField(_("First day of the change"))

    def validate_since(self, field: DayField) -> None:
        """Needed where the change begins on a day."""
        if self.holds.data == "since" and field.data is None and not field.errors:
            raise ValidationError(gettext("Type the first day of the change."))


class CopyForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """The products a rate is copied to."""

    products = SelectMultipleField(_("Products"), [InputRequired()], coerce=int)


class InactivateForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """How rates become inactive."""

    how = RadioField(
        _("How"),
        choices=[
            SelectChoice("end", _("end them on a day: before it they stand")),
            SelectChoice("withdraw", _("withdraw them from every date, as if they had never been")),
        ],
        default="end",
    )
    day = DayField(_("First day they no longer hold"))

    def validate_day(self, field: DayField) -> None:
        """Needed where they end on a day."""
        if self.how.data == "end" and field.data is None and not field.errors:
            raise ValidationError(gettext("Type the first day they no longer hold."))


class ActivateForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """How rates become active again."""

    how = RadioField(
        _("How"),
        choices=[
            SelectChoice("since", _("from a day on, without end")),
            SelectChoice("before", _("on the days they held before")),
        ],
        default="since",
    )
    day = DayField(_("First day they hold again"))

    def validate_day(self, field: DayField) -> None:
        """Needed where they begin on a day."""
        if self.how.data == "since" and field.data is None and not field.errors:
            raise ValidationError(gettext("Type the first day they hold again."))


class WhichForm(Form):  # type: ignore[misc]  # it ships no types
    """The question which rate would apply: asked by an address, so no token."""

    producer = StringField(_("Producer"), [InputRequired()])
    product = SelectField(_("Product"), [InputRequired()], coerce=int)
    kind = SelectField(_("Kind"), [InputRequired()], choices=_choices(tuple(Kind)))
    day = DayField(_("Date of the event"), [InputRequired()])
    applied_on = DayField(_("Date of the application"))
    issued_on = DayField(_("Date of issue"))
    organisation = SelectField(_("Organisation"), coerce=int, default=0)
    division = SelectField(_("Division"), coerce=int, default=0)
    basis = MoneyField(_("Base"))
    received = MoneyField(_("The insurer pays"))
    units = NumberField(_("Units"))
    currency = SelectField(
        _("Currency"), [InputRequired()], choices=[SelectChoice(c, c) for c in CURRENCIES]
    )
    owners: Mapping[int, tuple[int, str]] = MappingProxyType({})

    def validate_division(self, field: SelectField) -> None:
        """A division of the organisation that is chosen beside it."""
        check_division(self.owners.get(field.data), self.organisation.data)

    def question(self, producer_id: int) -> Question:
        """What is asked."""
        assert self.day.data is not None, "required"
        return Question(
            product_id=self.product.data,
            kind=self.kind.data,
            seller_id=producer_id,
            day=self.day.data,
            currency=self.currency.data,
            basis=self.basis.data or Decimal(0),
            received=self.received.data or Decimal(0),
            units=self.units.data or Decimal(0),
            applied_on=self.applied_on.data,
            issued_on=self.issued_on.data,
            organisation_id=self.organisation.data or None,
            division_id=self.division.data or None,
        )
