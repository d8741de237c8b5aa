"""A description of a portal as OpenAPI has it: from its addresses and the forms on its pages."""

from collections import defaultdict
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from shared.vocabulary import Door
from tests.factories.town import Town
from tests.web import addresses
from tests.web.forms_of import forms_of
from tests.web.visitors import Visitor

# what lists, records and doors read of an address
QUERY = ("sort", "cols", "after", "part", "format", "tab", "q", "next", "find", "customer",
         "subject", "subject_id", "month", "state", "day.from", "day.until")  # fmt: skip
# what every form may bring; its own fields come from the pages
SENT = ("next", "version", "selected", "undo", "name", "value")
TEXT = {"type": "string", "maxLength": 30}


def document(town: Town, app: Flask, visitor: Visitor) -> dict[str, Any]:
    """The portal's operations with what they take."""
    fields = fields_of(town, app, visitor)
    paths: dict[str, dict[str, Any]] = {}
    for rule in addresses.rules(app):
        if rule.endpoint.endswith(".static"):
            continue
        path = addresses.CONVERTER.sub(lambda match: "{" + match[2] + "}", rule.rule)
        here = [_parameter(name, converter) for converter, name in
                addresses.CONVERTER.findall(rule.rule)]  # fmt: skip
        for method in addresses.methods(rule):
            paths.setdefault(path, {})[method.lower()] = _operation(
                rule, method, here, sorted({*SENT, *fields[rule.endpoint]})
            )
    info = {"title": app.name, "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": paths}


def fields_of(town: Town, app: Flask, visitor: Visitor) -> dict[str, set[str]]:
    """The fields forms send to each endpoint, as the visitor's own pages have them."""
    found: dict[str, set[str]] = defaultdict(set)
    router = app.url_map.bind("")
    firm = visitor.person.firm if visitor.person else "berg"
    for rule in addresses.rules(app):
        if "GET" not in addresses.methods(rule) or rule.endpoint.endswith(".static"):
            continue
        for whose, path in addresses.addresses_of(town, visitor.door, firm, rule):
            if whose != addresses.OWN or path is None:
                continue
            answer = visitor.get(path)
            for form in forms_of(answer.text) if answer.mimetype == "text/html" else ():
                try:
                    where = (form.action or path).partition("?")[0]
                    endpoint, _ = router.match(where, method=form.method.upper())
                except HTTPException:
                    continue
                found[endpoint] |= {name for name, _ in form.fields if name != "csrf_token"}
    return found


def _operation(
    rule: Rule, method: str, here: list[dict[str, Any]], fields: list[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"{rule.endpoint} {method} {rule.rule}",
        "parameters": here,
        "responses": {"200": {"description": "a page"}},
    }
    if method == "GET":
        told["parameters"] = [*here, *({"name": n, "in": "query", "schema": TEXT} for n in QUERY)]
        return told
    schema = {"type": "object", "properties": dict.fromkeys(fields, TEXT),
              "additionalProperties": False}  # fmt: skip
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {**told, "requestBody": {"content": content}}


def _parameter(name: str, converter: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 1 << 64}
    if converter == "int":
        # the first rows are the town's, of everybody; then what is no row of anybody
        schema = {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 6}, schema]}
    else:
        schema = {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[^/]+$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


__all__ = ["Door", "document"]
