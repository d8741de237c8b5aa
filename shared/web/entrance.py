"""Coming in: password, second factor, and the first second factor of who has none yet."""

from typing import Final

from flask import g, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shared.db import accounts, entrance
from shared.web import factors, sessions
from shared.web.access import public
from shared.web.database import engine
from shared.web.forms import SignInForm
from shared.web.htmx import render
from shared.web.kit import kit, next_page
from shared.web.passwords import is_password

KINDS: Final = (factors.PASSKEY, factors.TOTP)
SYSTEMS: Final = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")


@kit.get("/login")
@public
def sign_in() -> Response:
    """Ask who it is; who is known already goes on."""
    if g.viewer is not None:
        return redirect(next_page(), 303)
    return render("kit/sign_in.html", form=SignInForm(), next=next_page())


@kit.post("/login")
@public
def check_password() -> Response:
    """Go on to the second factor, or say that something is wrong and nothing more."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _refused(form)
    device = sessions.hashed(sessions.device_token())
    address = sessions.whence()[0]
    tried = accounts.try_password(engine(), form.email.data, device=device, address=address)
    if tried.wait:
        return _refused(form, tried.wait)
    response = redirect(url_for("kit.factor", next=_wanted()), 303)
    fits = is_password(form.password.data, tried.password_hash)
    if fits and tried.account_id is not None and sessions.sign_in(response, tried.account_id):
        return response
    accounts.count_failed(engine(), form.email.data, device=device)
    return _refused(form)


@kit.get("/login/factor")
@public
def factor() -> Response:
    """Ask for the second factor; who has none is led to his first one."""
    if g.half is None:
        return _to_the_password()
    whose = factors.owner()
    if whose is None:
        return _to_the_password()
    if not whose.factors:
        return redirect(url_for("kit.enrol", next=_wanted()), 303)
    return _ask_factor()


@kit.post("/login/factor")
@public
def give_factor() -> Response:
    """Let somebody in whose second factor is right."""
    whose = factors.owner() if g.half is not None else None
    if whose is None or not whose.factors or whose.enrols:
        return _to_the_password()
    late = _late()
    if late:
        return _ask_factor(late=late)
    response = redirect(next_page(), 303)
    if factors.is_given(whose) and sessions.complete(response, g.half):
        return response
    return _ask_factor(gettext("That was not right. Try again."))


@kit.get("/login/enrol")
@public
def enrol() -> Response:
    """Offer a passkey and an app to who has no second factor yet: right after his password."""
    whose = factors.owner() if g.half is not None else None
    if whose is None or whose.factors:
        return _to_the_password()
    return _offer()


@kit.post("/login/enrol")
@public
def add_first_factor() -> Response:
    """Keep the first second factor and show recovery codes, once."""
    whose = factors.owner() if g.half is not None else None
    if whose is None or whose.factors:
        return _to_the_password()
    late = _late()
    if late:
        return _offer(_too_often(late), late=late)
    sealed, typed = request.form.get("sealed", ""), request.form.get("code", "")
    if request.form.get("kind") == factors.PASSKEY:
        added = factors.add_passkey(where_made())
    else:
        added = factors.add_app(whose, "", sealed, typed)
    if not added:
        return _offer(gettext("That was not right. Try again."), sealed=sealed)
    codes = factors.new_codes()
    response = render("kit/codes.html", codes=codes, who=g.half.email, go=_gone_on(whose.enrols))
    if whose.enrols:  # nobody comes in by a link in a mail: he signs in with what he has now
        sessions.sign_out(response)
    else:
        sessions.complete(response, g.half)
    return response


@kit.post("/logout")
@public
def sign_out() -> Response:
    """End the session."""
    response = redirect(url_for("kit.sign_in"), 303)
    sessions.sign_out(response)
    return response


def where_made() -> str:
    """The system a new factor is made on, by what the browser says; empty where it says nothing."""
    agent = request.user_agent.string
    return next((name for name in SYSTEMS if name in agent), "")


def _refused(form: SignInForm, late: int = 0) -> Response:
    """The same words whoever it was."""
    said = _too_often(late) if late else gettext("E-mail or password is wrong.")
    status = 429 if late else 422
    response = render("kit/sign_in.html", status, form=form, next=next_page(), refused=said)
    if late:
        response.headers["Retry-After"] = str(late)
    return response


def _ask_factor(refused: str = "", *, late: int = 0) -> Response:
    whose = factors.owner()
    assert whose is not None
    said = _too_often(late) if late else refused
    status = 429 if late else 422 if refused else 200
    response = render(
        "kit/factor.html", status, next=next_page(), refused=said,
        question="" if late else factors.question(whose),
        has_app=bool(whose.of_kind(factors.TOTP)),
    )  # fmt: skip
    if late:
        response.headers["Retry-After"] = str(late)
    return response


def _offer(refused: str = "", *, sealed: str = "", late: int = 0) -> Response:
    whose = factors.owner()
    assert whose is not None
    app = factors.again_app(g.half.email, sealed) if sealed else None
    response = render(
        "kit/enrol.html", 429 if late else 422 if refused else 200, next=next_page(),
        refused=refused, app=app or factors.new_app(g.half.email),
        question=factors.new_passkey(whose, g.half.email, g.half.name),
    )  # fmt: skip
    if late:
        response.headers["Retry-After"] = str(late)
    return response


def _late() -> int:
    address = sessions.whence()[0]
    return entrance.may_come(engine(), address) or factors.wait()


def _gone_on(enrols: bool) -> str:  # noqa: FBT001  -- told by its only caller
    return url_for("kit.sign_in") if enrols else next_page()


def _to_the_password() -> Response:
    return redirect(url_for("kit.sign_in", next=_wanted()), 303)


def _wanted() -> str | None:
    found = next_page()
    return found if found != "/" else None


def _too_often(seconds: int) -> str:
    return ngettext(
        "Too many tries. Try again in %(num)s second.",
        "Too many tries. Try again in %(num)s seconds.",
        seconds,
    )
