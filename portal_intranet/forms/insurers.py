"""Forms of insurers."""

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pool_module.products.operations.insurers import InsurerValues

COUNTRIES = (
    ("DE", _("Germany")),
    ("UA", _("Ukraine")),
    ("AT", _("Austria")),
    ("CH", _("Switzerland")),
    ("LI", _("Liechtenstein")),
    ("LU", _("Luxembourg")),
    ("PL", _("Poland")),
)


class InsurerForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What is kept of an insurer."""

    version = HiddenField()
    code = StringField(_("Code"), [InputRequired(), Length(max=20)])
    name = StringField(_p("thing", "Name"), [InputRequired(), Length(max=120)])
    country = SelectField(
        _("Country"), [InputRequired()], choices=[SelectChoice(*c) for c in COUNTRIES], default="DE"
    )
    street = StringField(_("Street"), [Length(max=120)])
    postcode = StringField(_("Postcode"), [Length(max=12)])
    city = StringField(_("City"), [Length(max=80)])
    email = EmailField(_("E-mail"), [Optional(), Length(max=254)])
    phone = StringField(_("Phone"), [Length(max=40)])
    note = TextAreaField(_("Note"), [Length(max=4000)])

    def values(self) -> InsurerValues:
        """What was typed."""
        return InsurerValues(
            code=self.code.data.strip(),
            name=self.name.data.strip(),
            country=self.country.data,
            **{
                name: (self[name].data or "").strip() or None
                for name in ("street", "postcode", "city", "email", "phone", "note")
            },
        )
