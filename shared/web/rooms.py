"""A portal's rooms: every module of its ``views`` brings one blueprint."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from flask import Blueprint


def blueprints_of(views: ModuleType) -> list[Blueprint]:
    """The blueprints of a portal's views, in the order of their names.

    Raises:
        TypeError: a module without one.
    """
    found: list[Blueprint] = []
    for module in sorted(iter_modules(views.__path__), key=lambda m: m.name):
        blueprint = getattr(import_module(f"{views.__name__}.{module.name}"), "blueprint", None)
        if not isinstance(blueprint, Blueprint):
            raise TypeError(f"{views.__name__}.{module.name} has no blueprint")
        found.append(blueprint)
    return found
