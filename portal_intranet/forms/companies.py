"""What is typed about companies, their proofs, accounts and lists."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from admin_module.companies.errors import Known
from admin_module.companies.operations import Details
from admin_module.companies.operations.banking import Account
from admin_module.companies.operations.proofs import Evidence
from admin_module.onboarding.operations import FirstUser
from shared.labels import label
from shared.permissions import Role
from shared.vocabulary import (
    CompanyKind,
    IntermediaryType,
    ProofKind,
    ProofResult,
)
from shared.web.fields import DayField, NumberField

LONGEST = 200
# one company runs the pool, from the beginning: it keeps its kind, no other takes it
KINDS = [
    SelectChoice(kind.value, label(CompanyKind, kind).text)
    for kind in CompanyKind
    if kind is not CompanyKind.POOL
]
OPERATOR = [SelectChoice(CompanyKind.POOL.value, label(CompanyKind, CompanyKind.POOL).text)]
COUNTRIES = [
    SelectChoice("DE", _("Germany")),
    SelectChoice("UA", _("Ukraine")),
    SelectChoice("AT", _("Austria")),
    SelectChoice("CH", _("Switzerland")),
]
LANGUAGES = [
    SelectChoice("de", "Deutsch"),
    SelectChoice("uk", "Українська"),
    SelectChoice("en", "English"),
]
CURRENCIES = [SelectChoice("EUR", "EUR"), SelectChoice("UAH", "UAH"), SelectChoice("CHF", "CHF")]


class CompanyForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What is kept of a company; its account takes another way."""

    version = HiddenField()
    name = StringField(_p("thing", "Name"), [InputRequired(), Length(max=LONGEST)])
    code = StringField(_("Number"), [Optional(), Length(max=40)])
    kind = SelectField(_("Kind"), [InputRequired()], choices=KINDS, default=CompanyKind.FIRM.value)
    intermediary_type = SelectField(
        _("Intermediary type"),
        [Optional()],
        choices=[
            SelectChoice("", _("no intermediary")),
            *(SelectChoice(t.value, label(IntermediaryType, t).text) for t in IntermediaryType),
        ],
        default=IntermediaryType.BROKER.value,
    )
    natural_person = BooleanField(_("Natural person (sole trader)"))
    collects_premiums = BooleanField(_("Collects premiums for insurers"))
    country = SelectField(_("Country"), [InputRequired()], choices=COUNTRIES, default="DE")
    language = SelectField(_("Language"), [Optional()], choices=LANGUAGES, default="de")
    currency = SelectField(_("Currency"), [Optional()], choices=CURRENCIES, default="EUR")
    street = StringField(_("Street and number"), [Optional(), Length(max=LONGEST)])
    postcode = StringField(_("Postcode"), [Optional(), Length(max=12)])
    city = StringField(_("City"), [Optional(), Length(max=100)])
    email = StringField(_("E-mail"), [Optional(), Length(max=254)])
    phone = StringField(_("Phone"), [Optional(), Length(max=40)])
    register_number = StringField(_("Register number"), [Optional(), Length(max=40)])
    vat_id = StringField(_("VAT ID"), [Optional(), Length(max=20)])
    tax_number = StringField(_("Tax number"), [Optional(), Length(max=30)])
    national_id = StringField(_("National code (Ukraine)"), [Optional(), Length(max=20)])
    tax_note = StringField(_("Tax note on statements"), [Optional(), Length(max=LONGEST)])
    agreement_number = StringField(_("Agreement number"), [Optional(), Length(max=40)])
    agreement_date = DayField(_("Partner since"), [Optional()])
    signatory = StringField(_("Signs for the company"), [Optional(), Length(max=LONGEST)])
    signatory_position = StringField(_("as"), [Optional(), Length(max=100)])
    # of a company that could be meant: it is another one, and which were shown when that was said
    another = BooleanField(_("It is another company"))
    shown = HiddenField()

    def details(self) -> Details:
        """What was typed, as the room takes it."""
        chosen = {"kind", "intermediary_type", "agreement_date"}
        values: dict[str, Any] = {
            name: self[name].data or (False if isinstance(self[name], BooleanField) else "")
            for name in Details.__dataclass_fields__
            if name not in chosen
        }
        kind = self.intermediary_type.data
        return Details(
            **values,
            kind=CompanyKind(self.kind.data),
            intermediary_type=IntermediaryType(kind) if kind else None,
            agreement_date=self.agreement_date.data,
        )

    def others(self) -> frozenset[int]:
        """The companies it is not, as somebody has said who was shown them."""
        shown = (self.shown.data or "").split(",") if self.another.data else []
        return frozenset(int(number) for number in shown if number.isdecimal())

    def lead(self, alike: Iterable[Known]) -> None:
        """Ask whether it is one of these: what was said of others says nothing of them."""
        numbers = self.others() | {one.id for one in alike}
        self.another.data, self.shown.data = False, ",".join(map(str, sorted(numbers)))


class OnboardForm(CompanyForm):
    """A firm with its first user, its place, and the firm it comes in like."""

    template_id = SelectField(_("Like which firm"), [Optional()], coerce=str)
    parent_id = SelectField(_("Stands under"), [Optional()], coerce=str)
    first_name = StringField(_("First name"), [Optional(), Length(max=100)])
    last_name = StringField(_("Last name"), [Optional(), Length(max=100)])
    user_email = StringField(_("E-mail of the first user"), [Optional(), Length(max=254)])
    role = SelectField(
        _("Role"),
        [Optional()],
        choices=[SelectChoice(r.value, label(Role, r).text) for r in (Role.BROKER, Role.ASSISTANT)],
        default=Role.BROKER.value,
    )

    def user(self) -> FirstUser | None:
        """Who comes in first; None: nobody was named."""
        typed = (self.user_email, self.first_name, self.last_name)
        if not any((field.data or "").strip() for field in typed):
            return None
        return FirstUser(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.user_email.data or "",
            role=self.role.data,
            language=self.language.data or "",
        )

    def chosen(self, name: str) -> int | None:
        """A chosen number."""
        typed = str(self[name].data or "")
        return int(typed) if typed.isdigit() else None


class ProofForm(FlaskForm):  # type: ignore[misc]
    """A proof with its file; which fields count depends on the kind."""

    kind = SelectField(
        _("What is proved"),
        [InputRequired()],
        choices=[SelectChoice(kind.value, label(ProofKind, kind).text) for kind in ProofKind],
    )
    result = SelectField(
        _("Result"),
        [Optional()],
        choices=[SelectChoice(r.value, label(ProofResult, r).text) for r in ProofResult],
        default=ProofResult.VALID.value,
    )
    number = StringField(
        _("Number of the entry, policy or agreement"), [Optional(), Length(max=80)]
    )
    authority = StringField(_("Chamber, insurer or authority"), [Optional(), Length(max=LONGEST)])
    valid_from = DayField(_("Valid from"), [InputRequired()])
    valid_until = DayField(_("Valid until"), [Optional()])
    signed_on = DayField(_("Signed by both on"), [Optional()])
    year = IntegerField(_("Year of training"), [Optional(), NumberRange(2000, 2100)])
    hours = NumberField(_("Hours"), [Optional()])
    person_id = SelectField(_("Whose training"), [Optional()], coerce=str)
    note = TextAreaField(_("Note"), [Optional(), Length(max=1000)])

    def evidence(self, document_id: int | None) -> Evidence:
        """What was typed, as the room takes it."""
        assert self.valid_from.data is not None  # the form asks for it
        person = str(self.person_id.data or "")
        return Evidence(
            kind=ProofKind(self.kind.data),
            result=ProofResult(self.result.data or ProofResult.VALID.value),
            number=self.number.data or "",
            authority=self.authority.data or "",
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            signed_on=self.signed_on.data,
            year=self.year.data,
            hours=self.hours.data,
            person_id=int(person) if person.isdigit() else None,
            document_id=document_id,
            note=self.note.data or "",
        )


class BankForm(FlaskForm):  # type: ignore[misc]
    """New bank details, proposed."""

    iban = StringField(_("IBAN"), [InputRequired(), Length(max=60)])
    holder = StringField(_("Account holder"), [InputRequired(), Length(max=LONGEST)])
    bank_name = StringField(_("Bank"), [Optional(), Length(max=LONGEST)])
    special_regime = BooleanField(_("Special-regime account (National Bank of Ukraine)"))
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=500)])

    def account(self, document_id: int | None) -> Account:
        """What was typed, as the room takes it."""
        return Account(
            iban=self.iban.data,
            holder=self.holder.data,
            bank_name=self.bank_name.data or "",
            special_regime=bool(self.special_regime.data),
            reason=self.reason.data,
            document_id=document_id,
        )


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """Where a firm stands in the hierarchy, and since when."""

    parent_id = SelectField(_("Stands under"), [Optional()], coerce=str)
    from_day = DayField(_("From"), [InputRequired()])


class CopyForm(FlaskForm):  # type: ignore[misc]
    """Which firm's role set, agreement and modules hold for this one too."""

    template_id = SelectField(_("Like which firm"), [InputRequired()], coerce=int)
    from_day = DayField(_("Agreement from"), [InputRequired()])


class LeaveForm(FlaskForm):  # type: ignore[misc]
    """A firm's last day."""

    left_on = DayField(_("Leaves on"), [InputRequired()])
    reason = TextAreaField(_("Reason"), [Optional(), Length(max=500)])


class GatesForm(FlaskForm):  # type: ignore[misc]
    """How long bank details wait."""

    bank_wait_days = IntegerField(_("Days approved bank details wait"), [InputRequired()])
