"""Files handed out: to be kept, never to be shown as a page of ours."""

from typing import Final

from flask import Response

# were a browser to open it all the same: no script, no form, no frame, an origin of its own
SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Answer with a file.

    Args:
        content: its bytes.
        name: what it is called there; encoded as RFC 6266 asks.
        media_type: as its content was found to be.
    """
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
