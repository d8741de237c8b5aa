"""What every response says to the browser (security headers, CSP with a nonce)."""

import secrets

from flask import Flask, g
from werkzeug.wrappers import Response

from shared.web.access import is_asset

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# never 'strict-dynamic': htmx would make scripts of swapped HTML trusted
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'; report-uri {reports}; report-to csp"
)
REPORTS = "/reports/csp"
TWO_YEARS = "max-age=63072000; includeSubDomains"
AN_HOUR = "public, max-age=3600"


def install(app: Flask, *, https: bool) -> None:
    """Send them with every response of the app."""

    def draw() -> None:
        g.nonce = secrets.token_urlsafe(16)

    def add(response: Response) -> Response:
        policy = POLICY.format(nonce=g.get("nonce", ""), reports=REPORTS)
        response.headers.setdefault("Content-Security-Policy", policy)  # a file brings its own
        response.headers["Reporting-Endpoints"] = f'csp="{REPORTS}"'
        for name, value in HEADERS.items():
            response.headers[name] = value
        if https:
            response.headers["Strict-Transport-Security"] = TWO_YEARS
        response.headers["Cache-Control"] = AN_HOUR if is_asset() else "no-store"
        return response

    app.before_request(draw)
    app.after_request(add)
