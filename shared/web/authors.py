"""Who recorded something: rows keep what one person is written by for good; people read a name."""

from flask import Flask, g

from shared import workplace
from shared.web.database import db
from shared.web.formats import NOTHING


def install(app: Flask) -> None:
    """Templates write ``{{ run.calculated_by | person }}``."""
    app.jinja_env.filters["person"] = person


def person(author: str | None) -> str:
    """The name behind what somebody is written by; what is nobody's stands as it is."""
    if not author:
        return NOTHING
    if "@" not in author:
        return author
    if "people" not in g:
        g.people = workplace.people(db.session())
    name: str = g.people.get(author, author)
    return name
