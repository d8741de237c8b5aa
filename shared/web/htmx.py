"""Rendering: the one place that decides how a template becomes a response."""

from flask import Response, make_response, render_template


def render(template: str, status: int = 200, **values: object) -> Response:
    """Render a page.

    Args:
        template: its name.
        status: 422 for a form that is shown again.
        values: what it shows.
    """
    response = make_response(render_template(template, **values), status)
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response
