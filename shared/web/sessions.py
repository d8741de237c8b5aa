"""Who is signed in: a random token in a cookie, its hash and everything else in the database."""

import hashlib
import secrets
from dataclasses import replace

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from shared.db import accounts
from shared.vocabulary import Door
from shared.web.access import is_asset, sees_whole_pool
from shared.web.database import db, engine


def install(app: Flask, door: Door, *, https: bool) -> None:
    """Find out before every request who asks."""
    # the prefix binds a cookie to this very host, over https alone; browsers take it there only
    app.config["TOKEN_COOKIE"] = f"__Host-{door.value}" if https else door.value
    app.config["TOKEN_COOKIE_SECURE"] = https
    app.before_request(_recognise)


def sign_in(response: Response, account_id: int) -> bool:
    """Open a session and put its token into the response; a session before it ends.

    Returns:
        False when the account may not come in by this door.
    """
    token = secrets.token_urlsafe(32)
    if not accounts.open_web_session(engine(), account_id, _hash(token)):
        return False
    end_session()
    response.set_cookie(
        current_app.config["TOKEN_COOKIE"],
        token,
        secure=current_app.config["TOKEN_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return True


def move(response: Response, team_id: int) -> bool:
    """Go on with the session in another team, under a new token; the one before is worth nothing.

    Returns:
        False when the person does not work there.
    """
    old = request.cookies.get(current_app.config["TOKEN_COOKIE"], "")
    token = secrets.token_urlsafe(32)
    if not accounts.choose_team(engine(), _hash(old), _hash(token), team_id):
        return False
    response.set_cookie(
        current_app.config["TOKEN_COOKIE"],
        token,
        secure=current_app.config["TOKEN_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return True


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
    if token := request.cookies.get(current_app.config["TOKEN_COOKIE"]):
        accounts.close_web_session(engine(), _hash(token))


def _recognise() -> None:
    g.viewer = None
    token = request.cookies.get(current_app.config["TOKEN_COOKIE"])
    if token and not is_asset():
        g.viewer = accounts.find_signed_in(engine(), _hash(token))
    if g.viewer is not None:
        # from here on every transaction of the request carries the actor's context
        actor = g.viewer.actor(current_app.config["DOOR"])
        db.session().info["actor"] = (
            replace(actor, organisation_ids=None) if sees_whole_pool() else actor
        )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
