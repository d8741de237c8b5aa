"""What is of security's concern, as lines of the log: who was refused what, who came in.

The journal in the database says who changed what; this says who tried. Lines name the account's
number and the session's, never a token, a password or what was typed.
"""

import logging
from typing import Final

from flask import Flask, g, request
from werkzeug.wrappers import Response

from shared.web.access import EVERYBODY, access_of

LOGGER: Final = logging.getLogger("security")
REFUSED: Final = {400: "malformed", 403: "forbidden", 405: "wrong method", 413: "too large",
                  429: "throttled"}  # fmt: skip


def note(event: str, **told: object) -> None:
    """Write a line about the current request."""
    viewer = g.get("viewer")
    who = f"account={viewer.account_id} session={viewer.session_id}" if viewer else "account=-"
    more = "".join(f" {name}={value!s}" for name, value in told.items())
    LOGGER.info(
        "%s %s from=%s %s %s%s",
        event, who, request.remote_addr, request.method, request.path[:300], more,
    )  # fmt: skip


def install(app: Flask) -> None:
    """Note what was refused, and every answer of a door: signing in, resetting, inviting."""

    def watch(response: Response) -> Response:
        status = response.status_code
        if status in REFUSED:
            note(REFUSED[status], status=status, endpoint=request.endpoint)
        elif request.method == "POST" and _is_door():
            done = "passed" if status < 400 else "refused"
            note(f"door {done}", status=status, endpoint=request.endpoint)
        return response

    app.after_request(watch)


def _is_door() -> bool:
    """Whether it is asked before anybody is known: that is how people come in."""
    return request.endpoint is not None and access_of(request.endpoint) == EVERYBODY
