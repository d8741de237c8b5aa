"""What both halves of the room need: the blueprint, files to hand out, where they lie."""

from pathlib import Path

from flask import Blueprint, current_app, g
from werkzeug.wrappers import Response

from shared.models.incoming import Upload
from shared.permissions import Permission
from shared.web.reach import sees_whole_pool

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


def opens(upload: Upload) -> bool:
    """Whether a file that was brought is open to the viewer: his own, or he sees the whole pool."""
    return upload.recorded_by == g.viewer.written_as or sees_whole_pool()


def may_import() -> bool:
    """Whether the viewer may bring files in."""
    return Permission.DELIVERIES_IMPORT in g.viewer.permissions
