"""Forms of payment terms: agreed, changed, copied; and who looks after whom."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from typing_extensions import override
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from pool_module.agreements.operations.terms import whom
from pool_module.agreements.rules.terms import TermsValues
from shared.due import TermsBasis, TermsParty
from shared.labels import label
from shared.web.fields import Typed, read_number

MOST_DAYS: Final = 365
BASES: Final = [SelectChoice(basis.value, label(type(basis), basis).text) for basis in TermsBasis]


class DaysField(Typed):
    """A whole number of days."""

    @override
    def read(self, text: str) -> int:
        """Days as typed; a number with decimals is none."""
        days = read_number(text)
        if days != days.to_integral_value() or not 0 <= days <= MOST_DAYS:
            raise ValueError(text)
        return int(days)

    @override
    def write(self, value: Any) -> str:
        """Days as they are typed."""
        return str(value)

    @override
    def problem(self) -> str:
        """What to say of anything else."""
        return gettext("Type whole days from 0 to %(most)s.", most=MOST_DAYS)


class DueTermsForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Payment terms of somebody, in an organisation or everywhere."""

    party = RadioField(
        _("Whose terms"),
        choices=[SelectChoice(party.value, label(type(party), party).text) for party in TermsParty],
        default=TermsParty.COMPANY.value,
    )
    whom = SelectField(_("Company"), [InputRequired()])
    organisation_id = SelectField(_("Organisation"), coerce=int, default=0)
    payable_days = DaysField(_("We pay after, days"), [Optional()])
    payable_from = SelectField(_("Counted"), choices=BASES)
    receivable_days = DaysField(_("We are paid after, days"), [Optional()])
    receivable_from = SelectField(_("Counted"), choices=BASES)
    overrides = BooleanField(_("Override: before the company's terms"))
    active = BooleanField(_("Active"), default=True)
    version = HiddenField()

    def offer(
        self, partners: Sequence[Any], teams: Sequence[Any], organisations: Sequence[Any]
    ) -> None:
        """Say what can be chosen."""
        self.whom.choices = [("", "–"), *((p.key, p.name) for p in partners)] + [
            (f"t{t['id']}", f"{gettext('Team')} · {t['division']} · {t['name']}") for t in teams
        ]
        self.organisation_id.choices = [(0, gettext("All organisations"))] + [
            (o["id"], o["name"]) for o in organisations
        ]

    def fill(self, terms: Mapping[Any, Any], key: str) -> None:
        """Begin with what stands."""
        self.party.data, self.whom.data = terms["party"], key
        self.organisation_id.data = terms["organisation_id"] or 0
        for name in ("payable_days", "payable_from", "receivable_days", "receivable_from",
                     "overrides", "active", "version"):  # fmt: skip
            self[name].data = terms[name]

    def validate_party(self, field: RadioField) -> None:
        """A team has its own terms, a producer is a broker firm."""
        key = (self.whom.data or "")[:1]
        if (field.data == TermsParty.TEAM) != (key == "t"):
            raise ValidationError(gettext("Choose a team for a team's terms, else a company."))
        if field.data == TermsParty.PRODUCER and key != "c":
            raise ValidationError(gettext("A producer's terms are those of a broker firm."))

    def values(self) -> TermsValues:
        """What was typed."""
        return TermsValues(
            party=TermsParty(self.party.data),
            **whom(self.whom.data),
            organisation_id=self.organisation_id.data or None,
            payable_days=self.payable_days.data,
            payable_from=TermsBasis(self.payable_from.data),
            receivable_days=self.receivable_days.data,
            receivable_from=TermsBasis(self.receivable_from.data),
            overrides=bool(self.overrides.data),
            active=bool(self.active.data),
        )


class CopyTermsForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Those terms are copied to."""

    targets = SelectMultipleField(_("Companies"), [InputRequired()])


class CareForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A team, and the companies it looks after from now on."""

    team = SelectField(_("Team"), coerce=int)
    companies = SelectMultipleField(_("Companies"), [InputRequired()])
