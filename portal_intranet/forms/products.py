"""Forms of products: what they are, their versions, documents, and who may sell them."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from pool_module.products.operations.range import ProductValues, Upload, VersionValues
from pool_module.products.rules import feature_pairs, features_of
from shared.web.fields import DayField, MoneyField, NumberField

ONE_DAY = timedelta(days=1)
SPARE_ROWS = 3


class ProductForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What is kept of a product; features come as rows of two inputs."""

    version = HiddenField()
    code = StringField(_("Code"), [InputRequired(), Length(max=30)])
    name = StringField(_p("thing", "Name"), [InputRequired(), Length(max=160)])
    insurer_id = SelectField(_("Insurer"), [InputRequired()], coerce=int)
    line_id = SelectField(_("Line of business"), [InputRequired()], coerce=int)
    offered_from = DayField(_("Offered from"))
    offered_until = DayField(_("Offered until"))
    restricted = BooleanField(_("Only authorised firms may sell it"))
    summary = TextAreaField(_("Summary"), [Length(max=2000)])

    def offer(self, insurers: Sequence[Any], lines: Sequence[Any]) -> None:
        """Say what can be chosen."""
        self.insurer_id.choices = [(row["id"], row["name"]) for row in insurers]
        self.line_id.choices = [(row["id"], row["name"]) for row in lines]

    def features(self, stored: object) -> list[tuple[str, str]]:
        """The rows to show: what was sent, else what is stored; some are spare."""
        pairs = self.sent() if self.is_submitted() else feature_pairs(stored)
        return pairs + [("", "")] * SPARE_ROWS

    @staticmethod
    def sent() -> list[tuple[str, str]]:
        """The features as they were sent, in their order."""
        names, values = request.form.getlist("feature"), request.form.getlist("feature_value")
        pairs = zip(names, values, strict=False)
        return [(name, value) for name, value in pairs if name.strip() or value.strip()]

    def values(self) -> ProductValues:
        """What was typed."""
        return ProductValues(
            code=self.code.data.strip(),
            name=self.name.data.strip(),
            insurer_id=self.insurer_id.data,
            line_id=self.line_id.data,
            offered_from=self.offered_from.data,
            offered_until=self.offered_until.data,
            restricted=self.restricted.data,
            summary=(self.summary.data or "").strip() or None,
            features=features_of(self.sent()),
        )


class VersionForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A tariff generation."""

    name = StringField(_("Version"), [InputRequired(), Length(max=60)])
    valid_from = DayField(_("Valid from"))
    valid_until = DayField(_("Valid until"))
    unit_value = MoneyField(_("Unit value"))
    cap_years = IntegerField(_("Cap in years"), [Optional(), NumberRange(0, 99)])
    product_factor = NumberField(_("Product factor"), [InputRequired()], default=Decimal(1))

    def values(self) -> VersionValues:
        """What was typed; the last day becomes the first it no longer holds."""
        until = self.valid_until.data
        assert self.product_factor.data is not None, "required"
        return VersionValues(
            name=self.name.data.strip(),
            valid_from=self.valid_from.data,
            valid_to=until + ONE_DAY if until else None,
            unit_value=self.unit_value.data,
            cap_years=self.cap_years.data,
            product_factor=self.product_factor.data,
        )

    def validate_product_factor(self, field: NumberField) -> None:
        """Between 0 and 999, six decimals: what a version can hold."""
        value = field.data
        if value is None:
            return
        if not 0 < value < 1000 or value != value.quantize(Decimal("0.000001")):
            raise ValidationError(gettext("Type a factor above 0 with at most six decimals."))


class DocumentForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A file with what is said of it."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])
    title = StringField(_("Title"), [Length(max=160)])
    valid_from = DayField(_("Valid from"))
    of_version = SelectField(_("Belongs to"), coerce=int, default=0)

    def upload(self) -> Upload:
        """The file and what was said of it."""
        sent = self.file.data
        content = sent.read()
        sent.close()
        return Upload(
            file_name=(sent.filename or "").replace("\\", "/").rpartition("/")[2],
            content=content,
            title=(self.title.data or "").strip() or None,
            valid_from=self.valid_from.data,
        )


class SellingForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Which firms may sell a product, or may not, and when."""

    firms = SelectMultipleField(_("Broker firms"), [InputRequired()], coerce=int)
    allowed = RadioField(
        _("What holds"),
        choices=[
            SelectChoice("yes", _("They may sell it")),
            SelectChoice("no", _("They may not sell it")),
        ],
        default="yes",
    )
    valid_from = DayField(_("From"), [InputRequired()])
    valid_until = DayField(_("Until"))
    reason = StringField(_("Reason"), [Length(max=200)])
