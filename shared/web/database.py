"""Flask-SQLAlchemy owns engine and session; one request is one transaction, ended here.

A session gets its actor from the signed-in person (``shared.web.sessions``); without one it can't
begin a transaction at all.
"""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.wrappers import Response

from shared.db import Engine

db = SQLAlchemy(session_options={"autoflush": False}, disable_autonaming=True)


def install(app: Flask, url: str, *, pool_size: int = 8) -> None:
    """Connect an app as its door's role.

    Args:
        app: the app.
        url: ``postgresql://…`` as libpq writes it.
        pool_size: connections kept; one per thread of the web server.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://", 1)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": pool_size, "pool_pre_ping": True}
    db.init_app(app)
    app.after_request(_end_transaction)


def engine() -> Engine:
    """The current app's engine, for what is asked before anybody is known."""
    found: Engine = db.engine
    return found


def _end_transaction(response: Response) -> Response:
    """What was answered well stands; what was refused or failed leaves nothing behind."""
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response
