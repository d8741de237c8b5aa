"""Forms both portals have."""

from collections.abc import Callable
from typing import Final

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField
from wtforms.validators import InputRequired, Length, ValidationError

from shared.addresses import is_address
from shared.passwords import LONGEST, SHORTEST, weakness

LONGEST_ADDRESS: Final = 254


class SignInForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """E-mail and password; what is wrong with either is never said apart."""

    email = EmailField(lazy_gettext("E-mail"), [InputRequired(), Length(max=LONGEST_ADDRESS)])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(), Length(max=LONGEST)])


class PasswordForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A new password: long, and none that is guessed first; any sign may stand in it.

    Args:
        around: gives what stands around the person: a password is not made of it.
    """

    password = PasswordField(lazy_gettext("New password"), [InputRequired()])
    again = PasswordField(lazy_gettext("Once more"), [InputRequired()])

    def __init__(self, around: Callable[[], list[str]] = list) -> None:
        super().__init__()
        self.around = around

    def validate_password(self, field: Field) -> None:
        """Say what is wrong with it, in one sentence."""
        said = {
            "short": gettext("A password has at least %(least)s characters.", least=SHORTEST),
            "long": gettext("A password has at most %(most)s characters.", most=LONGEST),
            "common": gettext("This is one of the passwords that are tried first. Take another."),
            "near": gettext("This is made of your name, your firm or what you sell. Take another."),
        }
        found = weakness(field.data or "", self.around())
        if found:
            raise ValidationError(said[found])

    def validate_again(self, field: Field) -> None:
        """What was typed twice is the same."""
        if field.data != self.password.data:
            raise ValidationError(gettext("The two are not the same."))


class AddressForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """An e-mail address."""

    email = EmailField(lazy_gettext("E-mail"), [InputRequired(), Length(max=LONGEST_ADDRESS)])

    def validate_email(self, field: Field) -> None:
        """It is one: a name, an at sign, a host."""
        if not is_address((field.data or "").strip()):
            raise ValidationError(gettext("This is not an e-mail address."))
