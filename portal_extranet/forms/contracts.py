"""Confirming a conversion: the contract's number is typed, and what was shown is what holds."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, ValidationError


class ConversionForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Somebody types the number of the contract he takes over."""

    confirmed = StringField(_("Number of the contract"), [InputRequired()])
    seen = HiddenField()

    def __init__(self, *, number: str, digest: str, **values: Any) -> None:
        self.number = number
        self.digest = digest
        super().__init__(**values)
        if not self.is_submitted():
            self.seen.data = digest

    def validate_confirmed(self, field: StringField) -> None:
        """Letters and digits count; blanks and separators don't."""
        if _letters(field.data) != _letters(self.number):
            raise ValidationError(
                gettext("Type the number of this contract: %(number)s.", number=self.number)
            )

    def validate_seen(self, field: HiddenField) -> None:
        """What is confirmed is what was shown; anything newer is shown first."""
        if field.data != self.digest:
            field.data = self.digest
            self.form_errors.append(
                gettext(
                    "The contract has changed since you saw the consequences. Look at them again."
                )
            )
            raise ValidationError(gettext("Look at the consequences again."))


def _letters(text: str | None) -> str:
    return "".join(c for c in (text or "").upper() if c.isalnum())
