"""What a firm types about itself: proofs, bank details, its own people."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from admin_module.companies.operations.banking import Account
from admin_module.companies.operations.proofs import Evidence
from shared.labels import label
from shared.permissions import Role
from shared.vocabulary import ProofKind
from shared.web.fields import DayField, NumberField

KINDS = (ProofKind.REGISTER, ProofKind.INDEMNITY, ProofKind.TRAINING, ProofKind.AGREEMENT)
LANGUAGES = [
    SelectChoice("de", "Deutsch"),
    SelectChoice("uk", "Українська"),
    SelectChoice("en", "English"),
]


class ProofForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A proof of the own firm; the pool checks it."""

    kind = SelectField(
        _("What is proved"),
        [InputRequired()],
        choices=[SelectChoice(kind.value, label(ProofKind, kind).text) for kind in KINDS],
    )
    number = StringField(
        _("Number of the entry, policy or agreement"), [Optional(), Length(max=80)]
    )
    authority = StringField(_("Chamber, insurer or authority"), [Optional(), Length(max=200)])
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
    """New bank details of the own firm, proposed."""

    iban = StringField(_("IBAN"), [InputRequired(), Length(max=60)])
    holder = StringField(_("Account holder"), [InputRequired(), Length(max=200)])
    bank_name = StringField(_("Bank"), [Optional(), Length(max=200)])
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


class ColleagueForm(FlaskForm):  # type: ignore[misc]
    """A colleague who is invited."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    email = StringField(_("E-mail"), [InputRequired(), Length(max=254)])
    language = SelectField(_("Language"), [InputRequired()], choices=LANGUAGES, default="de")
    role = SelectField(
        _("Role"),
        [InputRequired()],
        choices=[SelectChoice(r.value, label(Role, r).text) for r in (Role.BROKER, Role.ASSISTANT)],
        default=Role.ASSISTANT.value,
    )
