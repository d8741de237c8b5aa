"""One-time links of mails: invitation, new password, new e-mail address.

Opening a link does nothing but show a button, because mail scanners open links. Nobody is signed in
by one: what it leads to is the sign-in.
"""

import secrets
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shared.db import entrance
from shared.db.entrance import Link
from shared.web import editing, sessions
from shared.web.access import public
from shared.web.database import engine
from shared.web.forms import AddressForm, PasswordForm
from shared.web.htmx import render
from shared.web.kit import kit
from shared.web.passwords import hash_password

INVITATION, RESET, EMAIL = "invitation", "reset", "email"
ADDRESS: Final = "/door/<any(invitation, reset, email):purpose>/<token>"


@kit.get(ADDRESS)
@public
def link(purpose: str, token: str) -> Response:
    """Show what a link is for, with a button; nothing has happened yet."""
    return _shown(purpose, token, _find(purpose, token))


@kit.post(ADDRESS)
@public
def use_link(purpose: str, token: str) -> Response:
    """Ask for the password the link is for; with it, the link is used."""
    late = entrance.may_come(engine(), sessions.whence()[0])
    if late:
        return _too_many(late)
    found = _find(purpose, token)
    if found is None or found.state != "open":
        return _shown(purpose, token, found)
    if purpose == EMAIL:
        return _confirm_email(token, found)
    form = PasswordForm(lambda: entrance.words_around(engine(), sessions.hashed(token)))
    asked = "password" in request.form
    if not asked or not form.validate():
        return render(
            "kit/password.html", 422 if asked else 200, form=form, found=found, purpose=purpose,
            token=token,
        )  # fmt: skip
    chosen = hash_password(form.password.data)
    return _accept(token, chosen) if purpose == INVITATION else _reset(token, chosen)


@kit.post("/door/invitation/<token>/again")
@public
def ask_again(token: str) -> Response:
    """Have an invitation that came too late sent again; the answer is always the same."""
    late = entrance.may_come(engine(), sessions.whence()[0])
    if late:
        return _too_many(late)
    entrance.ask_invitation(engine(), sessions.hashed(token))
    return render(
        "kit/said.html", title=gettext("Look into your mail"),
        text=gettext("If the invitation still stands, a new link is on its way to you."),
    )  # fmt: skip


@kit.get("/login/forgot")
@public
def forgot() -> Response:
    """Ask for whose password."""
    return render("kit/forgot.html", form=AddressForm())


@kit.post("/login/forgot")
@public
def ask_reset() -> Response:
    """Have a link sent, where there is somebody; the answer is the same for everybody."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render("kit/forgot.html", 422, form=form)
    late = entrance.may_come(engine(), sessions.whence()[0])
    if late:
        return _too_many(late)
    entrance.ask_reset(engine(), form.email.data)
    return render(
        "kit/said.html", title=gettext("Look into your mail"),
        text=gettext(
            "If this address has a login here, a link to a new password is on its way. It is good "
            "for 30 minutes."
        ),
    )  # fmt: skip


def _find(purpose: str, token: str) -> Link | None:
    return entrance.find_link(engine(), sessions.hashed(token), purpose)


def _shown(purpose: str, token: str, found: Link | None) -> Response:
    if found is not None and found.state == "open":
        return render("kit/link.html", found=found, purpose=purpose, token=token)
    state = found.state if found else "unknown"
    again = purpose == INVITATION and state == "expired"
    gone = state in {"used", "expired", "finished"}
    return render(
        "kit/spent.html", 410 if gone else 404, title=_why_not(state),
        text=_how_on(purpose, state), again=again, token=token, purpose=purpose,
    )  # fmt: skip


def _why_not(state: str) -> str:
    return {
        "used": gettext("This link was used already"),
        "expired": gettext("This link is too old"),
        "finished": gettext("You have a login already"),
        "other_door": gettext("This link is for the other portal"),
        "unknown": gettext("There is no such link"),
    }[state]


def _how_on(purpose: str, state: str) -> str:
    if state == "other_door":
        return gettext("Open it as it stands in the mail, without changing the address.")
    if purpose == RESET:
        return gettext("Ask for a new one: it takes a minute.")
    if purpose == EMAIL:
        return gettext("Sign in and ask for the change once more.")
    return {
        "finished": gettext("Sign in with it: what you were invited to needs no second one."),
        "expired": gettext("An invitation is good for 72 hours. Have a new one sent to you."),
        "used": gettext("If it was you, sign in. If not, tell whoever invited you."),
        "unknown": gettext("A newer mail may have replaced it. Else ask whoever invited you."),
    }[state]


def _accept(token: str, password_hash: str) -> Response:
    """The password is chosen; what comes next is the second factor."""
    drawn = secrets.token_urlsafe(32)
    address, agent = sessions.whence()
    if not entrance.accept_invitation(
        engine(),
        sessions.hashed(token),
        password_hash,
        session=sessions.hashed(drawn),
        address=address,
        agent=agent,
    ):
        return _shown(INVITATION, token, _find(INVITATION, token))
    response = redirect(url_for("kit.enrol"), 303)
    sessions.end_session()
    sessions.set_token(response, drawn)
    return response


def _reset(token: str, password_hash: str) -> Response:
    """The new password stands; it opens nothing without the second factor."""
    if not entrance.reset_password(engine(), sessions.hashed(token), password_hash):
        return _shown(RESET, token, _find(RESET, token))
    editing.tell(gettext("Your password is changed. Sign in with it."))
    return redirect(url_for("kit.sign_in"), 303)


def _confirm_email(token: str, found: Link) -> Response:
    done = entrance.confirm_email(engine(), sessions.hashed(token))
    if done is None:
        return _shown(EMAIL, token, _find(EMAIL, token))
    if not done:
        return render(
            "kit/said.html", 409, title=gettext("This address is taken"),
            text=gettext("Another login has it by now. Yours is as it was."),
        )  # fmt: skip
    said = gettext("From now on you sign in with %(email)s.", email=found.email)
    return render("kit/said.html", title=gettext("Your address is changed"), text=said)


def _too_many(late: int) -> Response:
    response = render(
        "kit/said.html", 429, title=gettext("Too many tries"),
        text=gettext("Wait a minute and try again."),
    )  # fmt: skip
    response.headers["Retry-After"] = str(late)
    return response
