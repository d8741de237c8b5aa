"""The names and tables the demo is made of, as they stand in ``data``."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def source(name: str) -> Any:
    """The content of ``data/<name>.json``; not to be changed."""
    return json.loads(files(__package__).joinpath("data", f"{name}.json").read_text("utf-8"))
