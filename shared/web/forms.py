"""Forms both portals have."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from shared.web.passwords import LONGEST


class SignInForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """E-mail and password; what is wrong with either is never said apart."""

    email = EmailField(lazy_gettext("E-mail"), [InputRequired(), Length(max=254)])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(), Length(max=LONGEST)])
