"""Closed unless opened: every view declares who may call it, or the app does not start."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from shared.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
DECLARED: Final = "_access"
EVERYBODY: Final = "everybody"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ASSETS: Final = ".static"  # how Flask's own endpoints for files end


class UndeclaredViewError(RuntimeError):
    """A view says neither ``@public`` nor ``@requires(...)``."""


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    setattr(view, DECLARED, EVERYBODY)
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Open a view to signed-in people who hold a permission."""

    def declared(view: View) -> View:
        setattr(view, DECLARED, permission)
        return view

    return declared


def seal(app: Flask) -> None:
    """Refuse to start with a view that declares nothing, and ask before every request.

    Raises:
        UndeclaredViewError: names the endpoints.
    """
    views = app.view_functions.items()
    silent = sorted(e for e, view in views if not _access_of(view) and not e.endswith(ASSETS))
    if silent:
        raise UndeclaredViewError(
            f"say @public or @requires(...) of {', '.join(silent)} in {app.name}"
        )
    app.before_request(_let_in)
    app.jinja_env.globals.update(may=may)


def may(permission: str) -> bool:
    """Tell templates whether the viewer holds a permission: what he may not do is not offered."""
    return g.viewer is not None and Permission(permission) in g.viewer.permissions


def is_asset() -> bool:
    """Tell whether the request is for a file of the looks: everybody's, and the same for all."""
    return request.endpoint is not None and request.endpoint.endswith(ASSETS)


def access_of(endpoint: str) -> object:
    """What the view of an endpoint declares; None: nothing, or there is none."""
    return _access_of(current_app.view_functions.get(endpoint))


def _access_of(view: object) -> object:
    return getattr(view, DECLARED, None)


def _let_in() -> Response | None:
    if request.endpoint is None or request.routing_exception is not None or is_asset():
        return None  # an address that is none is answered alike for everybody
    access = _access_of(current_app.view_functions[request.endpoint])
    if access == EVERYBODY:
        return None
    if not isinstance(access, Permission):  # added after the app was sealed
        abort(403)
    if g.viewer is None:
        where = request.full_path if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("kit.sign_in", next=where), 303)
    if access not in g.viewer.permissions:
        abort(403)
    if g.viewer.only_reads and request.method not in SAFE:
        abort(403)
    return None
