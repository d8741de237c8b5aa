"""Addresses of the looks' files: with their content's digest, so that a release shows at once."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

STATIC = Path(__file__).with_name("static")


def install(app: Flask) -> None:
    """Templates write ``asset('base.css')``."""
    app.jinja_env.globals.update(asset=asset)


def asset(name: str) -> str:
    """The address of a file, which changes with its content."""
    return url_for("kit.static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
