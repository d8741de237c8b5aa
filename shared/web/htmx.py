"""Rendering: the one place that decides how a template becomes a response."""

from typing import Any

from flask import Response, current_app, make_response, render_template, request

VARY = "HX-Request, HX-Target, Cookie, Accept-Language"


def wanted() -> str | None:
    """The id of the element htmx wants to swap; None: a whole page is wanted."""
    asks = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-History-Restore-Request") == "true"
    return (request.headers.get("HX-Target") or "") if asks and not back else None


def render(
    template: str,
    status: int = 200,
    *,
    fragment: str | None = None,
    fragments: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    """Render a page, or the part of it that is asked for.

    Args:
        template: its name.
        status: 422 for a form that is shown again, 409 for a conflict.
        fragment: the block that answers any request of htmx.
        fragments: the block for each id of an element to be swapped; others get the page.
        values: what it shows.
    """
    target = wanted()
    block = None
    if target is not None:
        block = (fragments or {}).get(target, fragment)
    if block is None:
        text = render_template(template, **values)
    else:
        text = _part(template, block, _context(values))
    response = make_response(text, status)
    response.headers["Vary"] = VARY
    return response


def _context(values: dict[str, object]) -> dict[str, object]:
    """What templates of a request know, as Flask gives it to whole pages."""
    context = dict(values)
    current_app.update_template_context(context)
    return context


def _part(name: str, block: str, values: dict[str, object]) -> str:
    """Render one block of a page, wherever in its line of layouts it is defined.

    What stands at the top of the page and its layouts (imports, sets) runs first, as it does for
    the whole page: jinja2-fragments' ``render_block`` knows neither that nor a layout's blocks.
    """
    template = current_app.jinja_env.get_template(name)
    context = template.new_context(values)
    for text in template.root_render_func(context):
        if "<!doctype" in text:
            break  # the layouts are through with their tops; from here on the page is written
    return "".join(context.blocks[block][0](context)).strip()
