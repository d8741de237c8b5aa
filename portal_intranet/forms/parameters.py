"""Forms of parameters, regional defaults and least payouts."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from shared.labels import label
from shared.parameters import Parameter as Name
from shared.parameters import Set
from shared.web.fields import DayField, MoneyField

# parameters stand in groups, by what they are about
GROUPS: Final = (
    (
        _("Payments"),
        (
            Name.PAYABLE_DAYS,
            Name.PAYABLE_BASIS,
            Name.RECEIVABLE_DAYS,
            Name.RECEIVABLE_BASIS,
            Name.BANK_WAITING_DAYS,
        ),
    ),
    (
        _("Work list"),
        (
            Name.ANSWER_DAYS,
            Name.SEND_DAYS,
            Name.QUERY_DAYS,
            Name.APPLICATION_WAIT_DAYS,
            Name.RESOLVE_DAYS,
            Name.EXPIRY_SIGHT_DAYS,
        ),
    ),
    (
        _("Companies and contracts"),
        (
            Name.PROOF_ALERT_FIRST,
            Name.PROOF_ALERT_SECOND,
            Name.PROOF_ALERT_LAST,
            Name.RENEWAL_DAYS,
            Name.REPORT_REACH,
        ),
    ),
)
REGION_NAMES: Final = {
    "DE-BW": _("Baden-Württemberg"),
    "DE-BY": _("Bavaria"),
    "DE-BE": _("Berlin"),
    "DE-BB": _("Brandenburg"),
    "DE-HB": _("Bremen"),
    "DE-HH": _("Hamburg"),
    "DE-HE": _("Hesse"),
    "DE-MV": _("Mecklenburg-Western Pomerania"),
    "DE-NI": _("Lower Saxony"),
    "DE-NW": _("North Rhine-Westphalia"),
    "DE-RP": _("Rhineland-Palatinate"),
    "DE-SL": _("Saarland"),
    "DE-SN": _("Saxony"),
    "DE-ST": _("Saxony-Anhalt"),
    "DE-SH": _("Schleswig-Holstein"),
    "DE-TH": _("Thuringia"),
    "UA-05": _("Vinnytsia region"),
    "UA-07": _("Volyn region"),
    "UA-09": _("Luhansk region"),
    "UA-12": _("Dnipropetrovsk region"),
    "UA-14": _("Donetsk region"),
    "UA-18": _("Zhytomyr region"),
    "UA-21": _("Zakarpattia region"),
    "UA-23": _("Zaporizhzhia region"),
    "UA-26": _("Ivano-Frankivsk region"),
    "UA-30": _("Kyiv city"),
    "UA-32": _("Kyiv region"),
    "UA-35": _("Kirovohrad region"),
    "UA-40": _("Sevastopol city"),
    "UA-43": _("Crimea"),
    "UA-46": _("Lviv region"),
    "UA-48": _("Mykolaiv region"),
    "UA-51": _("Odesa region"),
    "UA-53": _("Poltava region"),
    "UA-56": _("Rivne region"),
    "UA-59": _("Sumy region"),
    "UA-61": _("Ternopil region"),
    "UA-63": _("Kharkiv region"),
    "UA-65": _("Kherson region"),
    "UA-68": _("Khmelnytskyi region"),
    "UA-71": _("Cherkasy region"),
    "UA-74": _("Chernihiv region"),
    "UA-77": _("Chernivtsi region"),
}
FORM_SET_NAMES: Final = {
    "standard": _("Standard forms"),
    "extended": _("Extended forms"),
    "simplified": _("Simplified forms"),
}


class NumberForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A parameter that is a number."""

    version = HiddenField()
    value = StringField(_("Value"), [InputRequired(), Length(max=6)])

    def read(self) -> Set:
        """The number; what is none is beyond every limit, and refused there."""
        typed = (self.value.data or "").strip()
        return int(typed) if typed.isdecimal() else -1

    def fill(self, value: Any) -> None:
        """Begin with what holds."""
        self.value.data = str(value)


class WordForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A parameter that is a word of a vocabulary."""

    version = HiddenField()
    value = RadioField(_("Value"), [InputRequired()])

    def offer(self, codes: Any) -> None:
        """Say what can be chosen."""
        self.value.choices = [
            SelectChoice(code.value, label(type(code), code).text) for code in codes
        ]

    def read(self) -> Set:
        """The word."""
        return str(self.value.data)

    def fill(self, value: Any) -> None:
        """Begin with what holds."""
        self.value.data = value


class RegionForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What a region asks."""

    version = HiddenField()
    licence_needed = BooleanField(_("A licence has to be proved"))
    form_set = SelectField(
        _("Forms of applications"), choices=[SelectChoice(*pair) for pair in FORM_SET_NAMES.items()]
    )


class MinimumForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """The least that is paid out, from a day on."""

    version = HiddenField()
    amount = MoneyField(_("Least payout"), [InputRequired()])
    start = DayField(_("From"), [InputRequired()])
