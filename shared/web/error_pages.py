"""What people see when something is not there, not allowed, refused, or broken."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from shared.db import is_unstorable, is_walled_off
from shared.errors import Refused
from shared.web import visits
from shared.web.database import db
from shared.web.refusals import said

LOGGER = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Answer every error with a plain page in the reader's language."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Exception, _broken)


def _stale_form(_: CSRFError) -> BaseResponse:
    if (left := visits.void_form()) is not None:
        return left
    title = gettext("This form is out of date")
    return _page(400, title, gettext("Load the page again and send it once more."))


def _known(error: HTTPException) -> Response:
    status = error.code or 500
    if request.routing_exception is not None and status == 400:
        # a host name that is not ours: no address can be built, and none is given away
        return Response("400\n", status, mimetype="text/plain")
    texts = {
        403: (
            gettext("You may not do this"),
            gettext("If you need it for your work, ask whoever runs the pool."),
        ),
        404: (
            gettext("There is no such page"),
            gettext("It may have been removed, or the address has a typing error."),
        ),
        405: (gettext("This address is not meant to be opened"), gettext("Go back to the start.")),
        413: (gettext("That is too large"), gettext("Send a smaller file.")),
    }
    something = (gettext("That did not work"), gettext("Go back and try again."))
    response = _page(status, *texts.get(status, something))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _refused(refusal: Refused) -> Response:
    sentence = said(refusal)
    gone = refusal.status == HTTPStatus.NOT_FOUND
    title = gettext("Not found") if gone else gettext("That is not possible")
    return _page(refusal.status, title, sentence)


def _broken(error: Exception) -> Response:
    """A bug: nothing of it is shown, all of it is logged.

    What no column can hold (a NUL, a number beyond all numbers) is what was sent, and no bug; nor
    is that somebody without a team writes where there are organisations.
    """
    db.session.rollback()
    if is_unstorable(error):
        LOGGER.warning("%s %s: %s", request.method, request.path, type(error).__name__)
        return _known(BadRequest())
    viewer = g.get("viewer")
    if is_walled_off(error) and viewer is not None and viewer.place is None:
        LOGGER.warning("%s %s: written by somebody without a team", request.method, request.path)
        return _page(
            403,
            gettext("You work in no team"),
            gettext("Nothing was changed: what is written belongs to a team's organisation. "
                    "Ask your administration for a team."),
        )  # fmt: skip
    LOGGER.error("%s %s", request.method, request.path, exc_info=error)
    title = gettext("Something is broken here")
    return _page(
        InternalServerError.code, title, gettext("Nothing was changed. The error has been logged.")
    )


def _page(status: int, title: str, sentence: str) -> Response:
    g.setdefault("viewer", None)
    body = render_template("kit/error.html", status=status, title=title, sentence=sentence)
    return Response(body, status)
