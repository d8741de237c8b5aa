"""Files people send: larger than other requests, where a view says so."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
LARGEST_UPLOAD: Final = 42 * 1024 * 1024
_TAKES: Final = "_takes_files"


def takes_files(view: View) -> View:
    """Let a view receive files: up to ``LARGEST_UPLOAD`` in one request."""
    return takes_files_up_to(LARGEST_UPLOAD)(view)


def takes_files_up_to(limit: int) -> Callable[[View], View]:
    """Let a view receive files: so many bytes in one request."""

    def declared(view: View) -> View:
        setattr(view, _TAKES, limit)
        return view

    return declared


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
    limit = getattr(view, _TAKES, None)
    if limit is not None:
        request.max_content_length = limit
