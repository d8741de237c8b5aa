"""What both halves of the room need: the blueprint, files to hand out, where they lie."""

from pathlib import Path

from flask import Blueprint, current_app, g
from werkzeug.wrappers import Response

from shared.permissions import Permission

blueprint = Blueprint("deliveries", __name__, template_folder="../../templates")


def file(content: bytes, name: str, kind: str) -> Response:
    """A file to keep."""
    response = current_app.response_class(content, mimetype=kind)
    response.headers.add("Content-Disposition", "attachment", filename=name)
    return response


def storage() -> Path:
    """Where originals lie."""
    root: Path = current_app.config["STORAGE_DIR"]
    return root


def may_import() -> bool:
    """Whether the viewer may bring files in."""
    return Permission.DELIVERIES_IMPORT in g.viewer.permissions
