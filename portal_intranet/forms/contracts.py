"""What people type about contracts."""

from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import FieldList, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pool_module.contracts.operations.keeping import Data
from pool_module.contracts.rules.calendar import DueState
from pool_module.contracts.rules.endings import Ending
from shared.labels import label
from shared.vocabulary import Frequency
from shared.web.fields import DayField, MoneyField, ShareField

LONGEST: Final = 2000
ROWS: Final = 6
ENDINGS: Final = {
    Ending.CUSTOMER: _("Cancelled by the customer"),
    Ending.ARREARS: _("Premium arrears"),
    Ending.RISK_CEASED: _("Risk ceased (§ 80 VVG)"),
    Ending.INSURER: _("Cancelled by the insurer"),
    Ending.DEATH: _("Death or maturity"),
    Ending.REVOKED: _("Revoked: as if never concluded"),
    Ending.NOT_TAKEN_UP: _("Not taken up: as if never concluded"),
    Ending.REDUCED: _("Premium reduced"),
    Ending.PAID_UP: _("Made paid-up"),
}
DUES: Final = {
    DueState.PAID: ("ok", _("Paid")),
    DueState.PART_PAID: ("warn", _("Paid in part")),
    DueState.OVERDUE: ("err", _("Overdue")),
    DueState.DUE: ("run", _p("premium", "Due")),
    DueState.DROPPED: ("off", _("No longer due")),
}


def frequencies() -> list[tuple[str, object]]:
    """How often a premium can be paid, for choosing."""
    return [("", _("not said")), *((f.value, label(Frequency, f.value).text) for f in Frequency)]


def reason_text(reason: str | None) -> object:
    """A cut's reason in the reader's language: a code of ours, else what was delivered."""
    code, _colon, note = (reason or "").partition(": ")
    if code in set(Ending):
        said = ENDINGS[Ending(code)]
        return f"{said}: {note}" if note else said
    return reason or ""


def version_of(form: FlaskForm) -> int | None:
    """The version a form was filled from; None where it said none."""
    text = str(form.version.data or "")
    return int(text) if text.isdecimal() else None


class ContractForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A contract's data; whose it is and its shares are changed elsewhere."""

    version = HiddenField()
    number = StringField(_("Contract number"), [InputRequired(), Length(max=60)])
    begin_on = DayField(_("Begin"), [Optional()])
    end_on = DayField(_("End"), [Optional()])
    next_due_on = DayField(_("Main due date"), [Optional()])
    frequency = SelectField(_("Payment frequency"), [Optional()])
    net_premium = MoneyField(_("Net premium p.a."), [Optional()])
    gross_premium = MoneyField(_("Gross premium p.a."), [Optional()])
    agency_number = StringField(_("Agency number"), [Optional(), Length(max=30)])
    note = TextAreaField(_("Note"), [Optional(), Length(max=LONGEST)])

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.frequency.choices = frequencies()

    def data_of(self, holder_id: int | None) -> Data:
        """What was typed, as the room takes it."""
        return Data(
            number=self.number.data,
            holder_id=holder_id,
            begin_on=self.begin_on.data,
            end_on=self.end_on.data,
            next_due_on=self.next_due_on.data,
            frequency=self.frequency.data or None,
            net_premium=self.net_premium.data,
            gross_premium=self.gross_premium.data,
            agency_number=self.agency_number.data or None,
            note=self.note.data or None,
        )


class NewContractForm(ContractForm):
    """A contract no delivery brought: also product, holder and producer."""

    customer_id = HiddenField()
    product_id = SelectField(_("Product"), [InputRequired()], coerce=int)
    producer = StringField(_("Producer"), [InputRequired(), Length(max=200)])
    applied_on = DayField(_("Applied on"), [Optional()])
    issued_on = DayField(_("Issued on"), [Optional()])


class SharesForm(FlaskForm):  # type: ignore[misc]
    """Who shares a contract from a day on."""

    version = HiddenField()
    from_day = DayField(_("From (day)"), [Optional()])
    reason = StringField(_("Reason"), [Optional(), Length(max=300)])
    producers = FieldList(
        StringField(_("Producer"), [Optional(), Length(max=200)]), _("Producers"), min_entries=ROWS
    )
    shares = FieldList(ShareField(_("Share"), [Optional()]), _("Shares"), min_entries=ROWS)

    def typed(self) -> list[tuple[str, object]]:
        """Producer and share of each row somebody typed into."""
        pairs = zip(self.producers.entries, self.shares.entries, strict=True)
        return [
            ((who.data or "").strip(), share.data)
            for who, share in pairs
            if (who.data or "").strip() or share.data is not None
        ]


class EndingForm(FlaskForm):  # type: ignore[misc]
    """A cancellation or a reduction."""

    version = HiddenField()
    ending = SelectField(_("What happened"), [InputRequired()])
    on_day = DayField(_("With effect from"), [InputRequired()])
    factor = ShareField(_("Part that stays in force"), [Optional()])
    note = StringField(_("Note"), [Optional(), Length(max=300)])

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.ending.choices = [(e.value, text) for e, text in ENDINGS.items()]


class TaskForm(FlaskForm):  # type: ignore[misc]
    """Something to do about a record."""

    title = StringField(_("Task"), [InputRequired(), Length(max=200)])
    due_on = DayField(_("Due"), [Optional()])
    assignee_id = IntegerField(_("For"), [Optional()])
