"""One's own login: password, address, second factors, recovery codes, where one is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort, g, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shared.db import entrance
from shared.db.entrance import Factor, Place
from shared.permissions import Permission
from shared.web import editing, factors, sessions
from shared.web.access import requires
from shared.web.database import engine
from shared.web.editing import Saved
from shared.web.entrance import SYSTEMS, where_made
from shared.web.forms import AddressForm, PasswordForm
from shared.web.htmx import render
from shared.web.kit import kit
from shared.web.passwords import hash_password

START: Final = Permission.START
BROWSERS: Final = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
CALLED: Final = {"Edg": "Edge", "OPR": "Opera"}


@dataclass(frozen=True)
class ShownPlace:
    """Where somebody is signed in, in words."""

    id: int
    what: str
    address: str
    since: datetime
    last: datetime
    here: bool


@kit.get("/own/security")
@requires(START)
def security() -> Response:
    """Show what one comes in with, and where one is signed in."""
    token = sessions.token_hash()
    whose = entrance.find_owner(engine(), token)
    assert whose is not None
    return render(
        "kit/security.html",
        factors=whose.factors,
        called=_called,
        codes_left=entrance.codes_left(engine(), token),
        places=[_shown(place) for place in entrance.own_sessions(engine(), token)],
    )


@kit.route("/own/security/password", methods=["GET", "POST"])
@requires(START, step_up=True, opening=True, own=True)
def change_password() -> Response:
    """Change one's own password; all other sessions end."""
    form = PasswordForm(lambda: entrance.words_around(engine(), sessions.token_hash()))

    def save() -> Saved:
        hashed = hash_password(form.password.data)
        _expect(entrance.change_password(engine(), sessions.token_hash(), hashed))
        return Saved(
            url_for("kit.security"),
            gettext("Your password is changed. All your other sessions are ended."),
        )

    return editing.answer(form, "kit/own_password.html", save)


@kit.route("/own/security/email", methods=["GET", "POST"])
@requires(START, step_up=True, own=True)
def change_email() -> Response:
    """Ask for another e-mail address: a link goes there, a word to the old one."""
    form = AddressForm()

    def save() -> Saved:
        _expect(entrance.ask_email(engine(), sessions.token_hash(), form.email.data))
        said = gettext("A link is on its way to %(email)s.", email=form.email.data)
        return Saved(url_for("kit.security"), said)

    return editing.answer(form, "kit/own_email.html", save)


@kit.route("/own/security/factors/new", methods=["GET", "POST"])
@requires(START, step_up=True, own=True)
def add_factor() -> Response:
    """Add a passkey or an app; the first POST asks for it, the second brings it."""
    if request.method == "GET":
        return render("kit/new_factor.html", app=None, question="", refused="")
    whose = factors.owner()
    assert whose is not None
    kind, sealed = request.form.get("kind", ""), request.form.get("sealed", "")
    if not kind:
        return _offer()
    if kind == factors.PASSKEY:
        added = factors.add_passkey(where_made())
    else:
        typed = request.form.get("first", "")
        added = factors.add_app(whose, "", sealed, typed)
    if not added:
        return _offer(gettext("That was not right. Try again."), sealed)
    said = gettext("Added. All your other sessions are ended.")
    return editing.done(Saved(url_for("kit.security"), said))


@kit.post("/own/security/factors/<int:id>/remove")
@requires(START, step_up=True, own=True)
def remove_factor(id: int) -> Response:  # noqa: A002  -- the address' word
    """Remove a second factor; the last one stays."""
    removed = entrance.remove_factor(engine(), sessions.token_hash(), id)
    if removed:
        editing.tell(gettext("Removed. All your other sessions are ended."))
    else:
        editing.tell(gettext("The last one stays: add another before."), "err")
    return editing.done(Saved(url_for("kit.security")))


@kit.post("/own/security/codes")
@requires(START, step_up=True, own=True)
def renew_codes() -> Response:
    """Draw new recovery codes; those before are worth nothing."""
    codes = factors.new_codes()
    _expect(bool(codes))
    return render("kit/codes.html", codes=codes, who=g.viewer.email, go=url_for("kit.security"))


@kit.post("/own/security/sessions/end")
@requires(START, own=True)
def end_sessions() -> Response:
    """End one of one's own sessions, or all others."""
    which = request.form.get("session", type=int)
    ended = entrance.end_own_sessions(engine(), sessions.token_hash(), which)
    said = ngettext("%(num)s session ended.", "%(num)s sessions ended.", ended)
    return editing.done(Saved(url_for("kit.security"), said))


def _offer(refused: str = "", sealed: str = "") -> Response:
    whose = factors.owner()
    assert whose is not None
    app = factors.again_app(g.viewer.email, sealed) if sealed else None
    return render(
        "kit/new_factor.html", 422 if refused else 200, refused=refused,
        app=app or factors.new_app(g.viewer.email),
        question=factors.new_passkey(whose, g.viewer.email, g.viewer.name),
    )  # fmt: skip


def _expect(done: bool) -> None:  # noqa: FBT001  -- what the database answered
    """The database asks for the fresh proof itself; a page that was left open too long has none."""
    if not done:
        abort(403)


def _called(factor: Factor) -> str:
    """How a factor is called in the reader's language; what is stored is where it was made."""
    if factor.kind == factors.TOTP:
        return gettext("App with codes")
    system = next((name for name in SYSTEMS if name in factor.name), "")
    return gettext("Passkey (%(where)s)", where=system) if system else gettext("Passkey")


def _shown(place: Place) -> ShownPlace:
    agent = place.agent or ""
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    words = [CALLED.get(browser, browser), system.replace("Macintosh", "Mac")]
    return ShownPlace(
        place.id, " · ".join(w for w in words if w) or gettext("Unknown browser"),
        place.address or "–", place.created_at, place.last_seen_at, place.here,
    )  # fmt: skip
