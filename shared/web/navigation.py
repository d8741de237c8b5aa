"""The menu: what a portal offers the viewer, by what he may and what the house has open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, url_for
from flask_babel.speaklater import LazyString

from shared.permissions import Permission
from shared.web.access import opens, reaches

Count = Callable[[], int]


@dataclass(frozen=True)
class Item:
    """An entry of the menu.

    Attributes:
        endpoint: where it leads.
        label: what it is called.
        icon: a symbol of the kit.
        permission: who sees it.
        short: its name in the phone's bottom bar.
        go: the letter that goes there after G.
    """

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission
    short: LazyString | None = None
    go: str = ""


@dataclass(frozen=True)
class Group:
    """Entries under a heading; ``foot`` stands at the bottom."""

    label: LazyString | None
    items: Sequence[Item]
    foot: bool = False


def install(app: Flask, groups: Sequence[Group]) -> None:
    """Templates know ``menu``, ``preferences``, ``toasts``, ``may(right)``, ``knows(endpoint)``."""
    app.jinja_env.globals.update(may=may, knows=knows)

    def context() -> dict[str, object]:
        viewer = g.get("viewer")
        preferences = {
            "theme": (viewer and viewer.theme) or "auto",
            "density": (viewer and viewer.density) or "default",
            "shortcuts": viewer.shortcuts if viewer else True,
        }
        return {
            "menu": menu(groups) if viewer else [],
            "preferences": preferences,
            "toasts": _toasts(),
        }

    app.context_processor(context)


def menu(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The menu of the viewer, as the kit's macros take it."""
    may = g.viewer.permissions
    shown = []
    for group in groups:
        items = [
            _entry(item)
            for item in group.items
            if item.permission in may
            and item.endpoint in current_app.view_functions
            and opens(item.endpoint)
            and reaches(item.endpoint)
        ]
        if items:
            shown.append({"label": group.label, "items": items, "foot": group.foot})
    return shown


def allowed(groups: Sequence[Group]) -> list[Group]:
    """The groups with what the viewer may alone."""
    may = g.viewer.permissions
    return [
        replace(group, items=[i for i in group.items if i.permission in may and opens(i.endpoint)])
        for group in groups
    ]


def may(permission: str) -> bool:
    """Whether the viewer holds a right: what he may not do is not offered."""
    viewer = g.get("viewer")
    return viewer is not None and Permission(permission) in viewer.permissions


def knows(endpoint: str) -> bool:
    """Whether the portal has a page: rooms that don't exist are not linked to."""
    return endpoint in current_app.view_functions


def _entry(item: Item) -> dict[str, Any]:
    room = item.endpoint.partition(".")[0]
    return {
        "href": url_for(item.endpoint),
        "label": item.label,
        "icon": item.icon,
        "current": request.endpoint == item.endpoint or request.blueprint == room,
        "count": None,
        "hot": False,
        "short": item.short,
        "go": item.go,
    }


def _toasts() -> list[Any]:
    return list(get_flashed_messages(category_filter=["toast"]))
