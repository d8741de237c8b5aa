"""Who is signed in: a random token in a cookie, its hash and everything else in the database.

After the password a session leads to the second factor alone (``g.half``); with it, it is whole
(``g.viewer``). The token changes with the second factor, with every fresh proof and with the team;
another firm of the person is another session.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from flask import Flask, after_this_request, current_app, g, request
from flask import session as signed
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shared.actor import Actor
from shared.db import accounts
from shared.db.accounts import SignedIn
from shared.permissions import Permission
from shared.vocabulary import Door
from shared.web.access import is_asset, is_report, settles
from shared.web.database import db, engine
from shared.web.reach import sees_whole_pool, where_one_works

RESTS: Final = timedelta(minutes=30)
# who moves money has less time to leave his desk
RESTS_BRIEFLY: Final = timedelta(minutes=15)
MOVES_MONEY: Final = frozenset(
    {Permission.SETTLEMENT_RUN, Permission.SETTLEMENT_APPROVE, Permission.BANK_APPROVE}
)
# whose forms are remembered, of how many changes of firm or team: it stands in the cookie
MOST_LEFT: Final = 5
A_YEAR: Final = 365 * 24 * 3600


def install(app: Flask, door: Door, *, https: bool) -> None:
    """Find out before every request who asks."""
    # the prefix binds a cookie to this very host, over https alone; browsers take it there only
    prefix = "__Host-" if https else ""
    app.config["TOKEN_COOKIE"] = f"{prefix}{door.value}"
    app.config["DEVICE_COOKIE"] = f"{prefix}{door.value}-device"
    app.config["TOKEN_COOKIE_SECURE"] = https
    app.before_request(_recognise)


def sign_in(response: Response, account_id: int) -> bool:
    """Open a session that leads to the second factor; a session before it ends.

    Returns:
        False when the account may not come in by this door.
    """
    token = secrets.token_urlsafe(32)
    address, agent = whence()
    if not accounts.open_web_session(
        engine(), account_id, hashed(token), address=address, agent=agent
    ):
        return False
    end_session()
    set_token(response, token)
    return True


def complete(response: Response, viewer: SignedIn) -> bool:
    """Make the session whole: its second factor was given. The browser is known from now on."""
    token, device = secrets.token_urlsafe(32), device_token() or secrets.token_urlsafe(32)
    done = accounts.complete_web_session(
        engine(), token_hash(), hashed(token), rests=rests(viewer), device=hashed(device)
    )
    if done:
        set_token(response, token)
        _set(response, current_app.config["DEVICE_COOKIE"], device, A_YEAR)
    return done


def renew(response: Response, *, proved: bool = False) -> bool:
    """Give the session another token: whoever copied the old one has nothing.

    Args:
        response: what carries it to the browser.
        proved: whether he just showed that it is still him.
    """
    token = secrets.token_urlsafe(32)
    renewed = accounts.renew_web_session(engine(), token_hash(), hashed(token), proved=proved)
    if renewed:
        g.token = token
        set_token(response, token)
    return renewed


def prove() -> bool:
    """Note that he just showed that it is still him, with a new token, before the view begins."""
    carrier = Response()
    if not renew(carrier, proved=True):
        return False

    @after_this_request
    def bring(response: Response) -> Response:
        for cookie in carrier.headers.getlist("Set-Cookie"):
            response.headers.add("Set-Cookie", cookie)
        return response

    return True


def move(response: Response, team_id: int) -> bool:
    """Go on with the session in another team, under a new token; the one before is worth nothing.

    Forms opened before are worth nothing either.

    Returns:
        False when the person does not work there.
    """
    token = secrets.token_urlsafe(32)
    moved = accounts.choose_team(engine(), token_hash(), hashed(token), team_id)
    if moved:
        g.token = token
        set_token(response, token)
        # forms still open in other tabs were filled in for the organisation that is left: none of
        # them is to be kept in this one
        signed["left"] = _left()
        signed.pop("csrf_token", None)
    return moved


def enter(response: Response, membership_id: int) -> SignedIn | None:
    """Go on in another firm of the person, in a session of its own; the one before is over.

    Nothing is carried over: neither forms opened before, nor words that were still to be said, nor
    a fresh proof; but for whose the forms were, so that who sends one is told.

    Returns:
        Who he is there; None when he may not work there, and nothing has changed.
    """
    token = secrets.token_urlsafe(32)
    found = accounts.enter(engine(), token_hash(), hashed(token), membership_id, rests)
    if found is not None:
        g.token = token
        set_token(response, token)
        left = _left()
        signed.clear()
        signed["left"] = left
    return found


def left_by(form_token: str) -> str | None:
    """Whose a form was that was made before one went over: the firm or team.

    Returns:
        An empty text where that is not known; None: the form is none of this portal.
    """
    signer = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        made = str(signer.loads(form_token))
    except BadData:
        return None
    wanted = (_short(made), g.viewer.account_id)
    own = (name for key, who, name in signed.get("left", ()) if (key, who) == wanted)
    return next(own, "")


def _left() -> list[tuple[str, int, str]]:
    """Whose the forms are that are void from now on, with those before them."""
    before: list[tuple[str, int, str]] = list(signed.get("left", ()))
    if "csrf_token" in signed:
        before.insert(0, (_short(signed["csrf_token"]), g.viewer.account_id, where_one_works()))
    return before[:MOST_LEFT]


def _short(made: str) -> str:
    return hashlib.sha256(made.encode()).hexdigest()[:16]


def sign_out(response: Response) -> None:
    """End the session; whoever copied its cookie has nothing of it."""
    end_session()
    response.delete_cookie(
        current_app.config["TOKEN_COOKIE"],
        secure=current_app.config["TOKEN_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def end_session() -> None:
    """End the session of the token that came with the request, if one did."""
    if request.cookies.get(current_app.config["TOKEN_COOKIE"]):
        accounts.close_web_session(engine(), token_hash())


def rests(viewer: SignedIn) -> timedelta:
    """How long a session may rest: who moves money has less time to leave his desk."""
    return RESTS_BRIEFLY if viewer.permissions & MOVES_MONEY else RESTS


def token_hash() -> bytes:
    """The hash of the session's token: as it came with the request, or renewed since."""
    return hashed(g.get("token") or request.cookies.get(current_app.config["TOKEN_COOKIE"], ""))


def device_token() -> str:
    """What the browser keeps so that strangers' failures do not slow its owner down."""
    return request.cookies.get(current_app.config["DEVICE_COOKIE"], "")


def whence() -> tuple[str, str]:
    """Where a request comes from: address and browser."""
    return request.remote_addr or "", request.user_agent.string


def hashed(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def set_token(response: Response, token: str) -> None:
    """Give the browser the token of its session."""
    _set(response, current_app.config["TOKEN_COOKIE"], token, None)


def _set(response: Response, name: str, value: str, lasts: int | None) -> None:
    response.set_cookie(
        name, value, max_age=lasts, secure=current_app.config["TOKEN_COOKIE_SECURE"],
        httponly=True, samesite="Lax", path="/",
    )  # fmt: skip


def _lift(actor: Actor) -> None:
    """Take the wall away, where there is one to take away."""
    if g.viewer.place or Permission.REPORTS_ALL in g.viewer.permissions:
        db.session.rollback()  # it is drawn anew where the next transaction begins
        db.session().info["actor"] = replace(actor, organisation_ids=None)


def _recognise() -> None:
    g.viewer = g.half = None
    token = request.cookies.get(current_app.config["TOKEN_COOKIE"])
    if not token or is_asset():
        return
    found = accounts.find_signed_in(engine(), hashed(token))
    if found is not None and found.factor_at is None:
        g.half = found
        return
    g.viewer = found
    if found is not None:
        # from here on every transaction of the request carries the actor's context
        actor = found.actor(current_app.config["DOOR"])
        if settles() and Permission.REPORTS_ALL in found.permissions:
            actor = replace(actor, limited=False)
        db.session().info["actor"] = actor
        if is_report() and sees_whole_pool():
            _lift(actor)
