"""Files people send: larger than other requests, where a view says so."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
LARGEST_UPLOAD: Final = 42 * 1024 * 1024
_TAKES: Final = "_takes_files"


def takes_files(view: View) -> View:
    """Let a view receive files: up to ``LARGEST_UPLOAD`` in one request."""
    setattr(view, _TAKES, True)
    return view


def install(app: Flask) -> None:
    """Widen the limit before anything of the request's body is read."""
    app.before_request(_widen)


def sent(name: str = "files") -> list[tuple[str, bytes]]:
    """The files that came in a field, by name and content; fields left empty send none."""
    found = []
    for file in request.files.getlist(name):
        if file.filename:
            found.append((file.filename, file.read()))
        file.close()
    return found


def _widen() -> None:
    if request.endpoint is None:
        return
    view = current_app.view_functions.get(request.endpoint)
    if view is not None and getattr(view, _TAKES, False):
        request.max_content_length = LARGEST_UPLOAD
