"""What people decide about discrepancies."""

from collections.abc import Iterable
from typing import Final

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from pool_module.incoming.operations.resolving import Decision
from pool_module.incoming.rules.fixes import Fix
from shared.web.fields import DayField, RateField

LONGEST: Final = 500
FIX_NAMES: Final = {
    Fix.ACCEPT: _("Book as delivered"),
    Fix.LEAVE: _("Leave as evidence, book nothing"),
    Fix.AGREE: _("Agree on the delivered rate"),
    Fix.CUT: _("Record the cancellation"),
    Fix.ASSIGN: _("Book to a contract"),
    Fix.SUGGESTED: _("Book to the suggested contract"),
    Fix.MAP_AGENCY: _("Say who the agency number is"),
    Fix.MAP_PRODUCT: _("Say which product it is"),
}


class DecisionForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A decision, about one discrepancy or about several chosen ones."""

    fix = StringField(_("What to do"), [InputRequired(), AnyOf([fix.value for fix in Fix])])
    reason = TextAreaField(_("Reason"), [Optional(), Length(max=LONGEST)])
    day = DayField(_("From (day)"), [Optional()])
    rate = RateField(_("Rate"), [Optional()])
    void = BooleanField(_("As if never concluded"), [Optional()])
    contract_id = IntegerField(_("Contract"), [Optional()])
    contract = StringField(_("Contract number"), [Optional(), Length(max=60)])
    producer = StringField(_("Producer (code)"), [Optional(), Length(max=60)])
    product = StringField(_("Product (code)"), [Optional(), Length(max=60)])

    def decision(self) -> Decision:
        """What was decided."""
        return Decision(
            fix=Fix(self.fix.data),
            reason=(self.reason.data or "").strip(),
            day=self.day.data,
            rate=self.rate.data,
            void=bool(self.void.data),
            contract_id=self.contract_id.data,
            contract=(self.contract.data or "").strip(),
            producer=(self.producer.data or "").strip(),
            product=(self.product.data or "").strip(),
        )


def forms_of(sent: DecisionForm, offered: Iterable[Fix]) -> dict[Fix, DecisionForm]:
    """A form for each fix that stands on a page, its fields under ids of their own.

    Args:
        sent: what was typed, with what is wrong in it: of the fix it was sent for.
        offered: the fixes.
    """
    made = {}
    for fix in offered:
        form = sent if sent.fix.data == fix.value else DecisionForm(formdata=None)
        for field in form:
            field.id = f"{fix.value}-{field.short_name}"
        made[fix] = form
    return made


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note beside a discrepancy."""

    text = TextAreaField(_("Note"), [InputRequired(), Length(max=2000)])


class GivingForm(FlaskForm):  # type: ignore[misc]
    """Who has discrepancies to do, and by when."""

    due_on = DayField(_("Due"), [Optional()])


def chosen() -> list[int]:
    """The ids of the discrepancies a form is about."""
    texts = [*request.form.getlist("selected"), *request.form.get("ids", "").split(",")]
    return sorted({int(text) for text in texts if text.isdecimal()})
