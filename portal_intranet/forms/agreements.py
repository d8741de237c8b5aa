"""Forms of agreements."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from pool_module.agreements.rules import AgreementValues
from shared.labels import label
from shared.vocabulary import Earning, Kind, RateOf, ReserveRelease, RuleScope
from shared.web.fields import DayField, RateField

ONE_DAY = timedelta(days=1)
SCOPES = (RuleScope.PRODUCT, RuleScope.LINE, RuleScope.INSURER)


def _choices(words: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(word.value, label(type(word), word).text) for word in words]


class TermsForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What is agreed, beside what it is about."""

    incoming_of = SelectField(_("The insurer pays"), choices=_choices((RateOf.BASIS,)))
    incoming_rate = RateField(_("Incoming rate"))
    liability_months = IntegerField(
        _("Liability in months"), [InputRequired(), NumberRange(0, 240)], default=0
    )
    full_liability_months = IntegerField(
        _("Full liability in months"), [InputRequired(), NumberRange(0, 240)], default=0
    )
    earning = SelectField(_("Earned"), [InputRequired()], choices=_choices(tuple(Earning)))
    reserve_rate = RateField(_("Cancellation reserve"), default=Decimal(0))
    reserve_release = SelectField(
        _("Reserve released"), [InputRequired()], choices=_choices(tuple(ReserveRelease))
    )
    valid_from = DayField(_("Valid from"), [InputRequired()])
    valid_until = DayField(_("Valid until"))
    reason = StringField(_("Reason"), [Length(max=200)])

    def validate_full_liability_months(self, field: IntegerField) -> None:
        """Within the liability."""
        if (field.data or 0) > (self.liability_months.data or 0):
            raise ValidationError(gettext("At most the months of liability."))

    def validate_reserve_rate(self, field: RateField) -> None:
        """A part of the commission."""
        if field.data is not None and not 0 <= field.data <= 1:
            raise ValidationError(gettext("At most all of the commission can be reserved."))

    def terms(self, **about: Any) -> AgreementValues:
        """What was typed."""
        until = self.valid_until.data
        rate = self.incoming_rate.data
        return AgreementValues(
            start=self.valid_from.data,
            end=until + ONE_DAY if until else None,
            liability_months=self.liability_months.data,
            full_liability_months=self.full_liability_months.data,
            earning=self.earning.data,
            reserve_rate=self.reserve_rate.data or Decimal(0),
            reserve_release=self.reserve_release.data,
            incoming_of=self.incoming_of.data if rate is not None else None,
            incoming_rate=rate,
            reason=(self.reason.data or "").strip() or None,
            **about,
        )


class AgreementForm(TermsForm):
    """A new agreement."""

    kind = SelectField(_("Kind"), [InputRequired()], choices=_choices(tuple(Kind)))
    scope = RadioField(
        _("It holds for"),
        choices=_choices(SCOPES),
        default=RuleScope.PRODUCT.value,
    )
    product_id = SelectField(_("Product"), [InputRequired()], coerce=int, default=0)
    line_id = SelectField(_("Line of business"), [InputRequired()], coerce=int, default=0)
    insurer_id = SelectField(_("Insurer"), [InputRequired()], coerce=int, default=0)

    def offer(self, products: Sequence[Any], lines: Sequence[Any], insurers: Sequence[Any]) -> None:
        """Say what can be chosen."""
        none = [(0, "–")]
        self.product_id.choices = none + [
            (row["id"], f"{row['insurer']} · {row['name']}") for row in products
        ]
        self.line_id.choices = none + [(row["id"], row["name"]) for row in lines]
        self.insurer_id.choices = none + [(row["id"], row["name"]) for row in insurers]

    def validate_scope(self, field: RadioField) -> None:
        """What it is about must be named."""
        # what is none of the choices was refused already
        chosen = self._fields.get(f"{field.data}_id")
        if chosen is not None and not chosen.data:
            raise ValidationError(gettext("Choose below what it holds for."))

    def values(self) -> AgreementValues:
        """What was typed."""
        scope = f"{self.scope.data}_id"
        return self.terms(kind=self.kind.data, **{scope: self[scope].data})


class EndForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """The first day something no longer holds."""

    day = DayField(_("Ends on"), [InputRequired()])
