"""The pages' invented data: the pool Nordlicht in October 2026; the sums add up."""

import json
from pathlib import Path
from typing import Any

from shared.vocabulary import Door

DATA: dict[str, Any] = json.loads(Path(__file__).with_name("data.json").read_text("utf-8"))


def menu(door: Door, path: str) -> list[dict[str, Any]]:
    """The navigation, with the page that is shown."""
    return [
        {**group, "items": [{**item, "current": item["href"] == path} for item in group["items"]]}
        for group in DATA[f"menu_{door}"]
    ]
