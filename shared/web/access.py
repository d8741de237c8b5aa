"""Closed unless opened: every view declares who may call it, or the app does not start."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from shared.errors import BehindTheWall
from shared.permissions import ONLY_READ, Permission
from shared.web.reach import sees_whole_pool

View = TypeVar("View", bound=Callable[..., Any])
DECLARED: Final = "_access"
STEPS_UP: Final = "_step_up"
OWN_LOGIN: Final = "_own_login"
WHEN_OPENED: Final = "_step_up_opening"
REACH: Final = "_past_the_wall"
SETTLING: Final = frozenset({"deliveries", "invoices"})  # files of insurers, items
WHOLE: Final = "_whole_pool"
PERSONAL: Final = "_personal"
EVERYBODY: Final = "everybody"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
TAKES_FILES: Final = "_takes_files"  # as shared.web.uploads declares it
ASSETS: Final = ".static"  # how Flask's own endpoints for files end


class UndeclaredViewError(RuntimeError):
    """A view says neither ``@public`` nor ``@requires(...)``."""


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    setattr(view, DECLARED, EVERYBODY)
    return view


def requires(
    permission: Permission, *, step_up: bool = False, opening: bool = False, own: bool = False
) -> Callable[[View], View]:
    """Open a view to signed-in people who hold a permission.

    Args:
        permission: what they need.
        step_up: whether a change asks for a proof of the last five minutes first, and then goes on
            with what was typed. Where files are taken, which no page carries on, it is asked for
            when the form is opened, and good for half an hour.
        opening: whether it is asked for when the form is opened as well: a new password stands on
            no page.
        own: whether a change is of one's own login or looks, which a former partner may make too.
    """

    def declared(view: View) -> View:
        setattr(view, DECLARED, permission)
        setattr(view, STEPS_UP, step_up)
        setattr(view, WHEN_OPENED, opening)
        setattr(view, OWN_LOGIN, own)
        return view

    return declared


def past_the_wall(view: View) -> View:
    """Let who may see reports of the whole pool do so in a view, whatever his organisation.

    The permission (REPORTS_ALL) is asked for in the same moment the session gets its actor, so the
    database knows before the first row is read.
    """
    setattr(view, REACH, True)
    return view


def whole_pool(view: View) -> View:
    """Open a view to those alone who see reports of the whole pool: it can't be told in part.

    A payee's statement, a file of an insurer: what is in it is of every organisation. Whoever is
    behind a wall gets 403 and is offered no way there; without the layer nobody is.
    """
    setattr(view, WHOLE, True)
    return past_the_wall(view)


def reaches(endpoint: str) -> bool:
    """Tell whether a view that tells of the whole pool, or any other, is open to the viewer."""
    view = current_app.view_functions.get(endpoint)
    return not _asks(view, WHOLE) or sees_whole_pool()


def settles() -> bool:
    """Tell whether the request is for a room of the pool's money, which no limit cuts in part.

    Who sees reports of the whole pool finds every file of an insurer and every item there: what is
    settled is the whole pool's (AIM-61), whoever may sell an insurer or look after a firm.
    """
    return request.blueprint in SETTLING


def is_report() -> bool:
    """Tell whether the request is for a view that can see past the wall."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, REACH, False))


def personal(view: View) -> View:
    """Say that a view changes nothing of the pool's: what one prefers to see, a file for oneself.

    Who only reads by his role may call it too.
    """
    setattr(view, PERSONAL, True)
    return view


def seal(app: Flask, demand: Callable[[bool], Response | None]) -> None:
    """Refuse to start with a view that declares nothing, and ask before every request.

    Args:
        app: with all its views.
        demand: asks for a fresh proof, of a view with files when it is opened; None: go on.

    Raises:
        UndeclaredViewError: names the endpoints.
    """
    views = app.view_functions.items()
    silent = sorted(e for e, view in views if not _access_of(view) and not e.endswith(ASSETS))
    if silent:
        raise UndeclaredViewError(
            f"say @public or @requires(...) of {', '.join(silent)} in {app.name}"
        )
    app.extensions[STEPS_UP] = demand
    app.before_request(_let_in)
    app.jinja_env.globals.update(
        may=may, opens=opens, reaches=reaches, sees_whole_pool=sees_whole_pool
    )


def opens(endpoint: str) -> bool:
    """Tell templates whether a page opens to the viewer: what leads to a refusal is not offered."""
    access = access_of(endpoint)
    if access == EVERYBODY:
        return True
    if g.viewer is None or access not in g.viewer.permissions:
        return False
    return not (g.viewer.only_reads and _only_changes(endpoint))


def may(permission: str) -> bool:
    """Tell templates whether the viewer holds a permission: what he may not do is not offered."""
    return g.viewer is not None and Permission(permission) in g.viewer.permissions


def is_asset() -> bool:
    """Tell whether the request is for a file of the looks: everybody's, and the same for all."""
    return request.endpoint is not None and request.endpoint.endswith(ASSETS)


def _asks(view: object, what: str) -> bool:
    return bool(getattr(view, what, False))


def access_of(endpoint: str) -> object:
    """What the view of an endpoint declares; None: nothing, or there is none."""
    return _access_of(current_app.view_functions.get(endpoint))


def _access_of(view: object) -> object:
    return getattr(view, DECLARED, None)


def _let_in() -> Response | None:
    if request.endpoint is None or request.routing_exception is not None or is_asset():
        return None  # an address that is none is answered alike for everybody
    view = current_app.view_functions[request.endpoint]
    access = _access_of(view)
    if access == EVERYBODY:
        return None
    if not isinstance(access, Permission):  # added after the app was sealed
        abort(403)
    if g.viewer is None:
        return _to_the_door()
    if access not in g.viewer.permissions:
        abort(403)
    _refuse_walled(view)
    _refuse_readers(view)
    files = _asks(view, TAKES_FILES)
    opened = files or _asks(view, WHEN_OPENED)
    if _asks(view, STEPS_UP) and (opened or request.method not in SAFE):
        question: Response | None = current_app.extensions[STEPS_UP](files)
        return question
    return None


def _refuse_walled(view: object) -> None:
    if _asks(view, WHOLE) and not sees_whole_pool():
        raise BehindTheWall


def _refuse_readers(view: object) -> None:
    if g.viewer.only_reads and _only_changes(request.endpoint or ""):
        abort(403)  # a form he can't send does not open either
    # whatever an auditor was given: he changes nothing but what is his own
    own = _asks(view, OWN_LOGIN) or _asks(view, PERSONAL)
    if request.method not in SAFE and g.viewer.role in ONLY_READ and not own:
        abort(403)


def _only_changes(endpoint: str) -> bool:
    """Whether a page is there to change something that is not the viewer's own."""
    rules = current_app.url_map.iter_rules(endpoint)
    sends = any((rule.methods or SAFE) - SAFE for rule in rules)
    return sends and not _asks(current_app.view_functions[endpoint], OWN_LOGIN)


def _to_the_door() -> Response:
    """Nobody is signed in: the page goes to the door, and back to where it was."""
    if request.headers.get("HX-Request") == "true":
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = shown.path + (f"?{shown.query}" if shown.query else "")
        response = Response(status=401)
        response.headers["HX-Redirect"] = url_for("kit.sign_in", next=back or None)
        return response
    led = request.method == "GET" and request.path != "/"
    where = request.full_path.rstrip("?") if led else None
    return redirect(url_for("kit.sign_in", next=where), 303)
