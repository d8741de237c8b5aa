"""Every page a person can reach by links: no barrier, no sideways scroll, nothing blocked."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest

from tests.journeys.people import ACCOUNTANT, BROKER, Person
from tests.journeys.visiting import DESK, PROOF, WIDTHS, Visit

# the narrowest of the phone's pages and of the desk's: what fits there has room in others
NARROW = (320, 1024)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SKIPPED = re.compile(
    r"format=|/file|\.xlsx|after=|part=|/kit/|/login|sort=|cols=|/papers/|/documents/|"
    r"/statements/\d+/(statement|csv|act)$"
)
ADDRESSES = "links => links.map(a => new URL(a.getAttribute('href'), location).href)"
NUMBER = re.compile(r"\d+")
# of a room's addresses of one depth: of all rights of all roles, a few
MOST = 12 if PROOF else 2


def walk(visit: Visit) -> Iterator[str]:
    """Open one address of every shape that links lead to: of a hundred contracts, one."""
    seen = {"/"}
    waiting = ["/"]
    alike: Counter[tuple[str, int]] = Counter()
    while waiting:
        path = waiting.pop(0)
        visit.page.set_viewport_size(DESK)
        visit.open(path)
        hrefs = visit.page.eval_on_selector_all("a[href]:not([download])", ADDRESSES)
        for href in hrefs:
            parts = urlsplit(href)
            if parts.netloc != urlsplit(visit.page.url).netloc or SKIPPED.search(href):
                continue
            tab = re.search(r"tab=\w+", parts.query)
            found = parts.path + (f"?{tab[0]}" if tab else "")
            shape = NUMBER.sub("0", found)
            kind = (shape.split("/")[1], shape.count("/"))
            if shape not in seen and alike[kind] < MOST:
                seen.add(shape)
                alike[kind] += 1
                waiting.append(found)
        yield path


@pytest.mark.parametrize("person", [ACCOUNTANT, BROKER], ids=["intranet", "extranet"])
def test_no_page_has_a_barrier(visit: Callable[..., Visit], person: Person) -> None:
    visitor = visit(person, language="de")
    wrong: list[str] = []
    pages = 0
    for pages, _ in enumerate(walk(visitor), start=1):
        # every other page by night: of each room and depth there are two
        for scheme in SCHEMES if PROOF else SCHEMES[pages % 2 :][:1]:
            visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wrong += [f"{scheme} {barrier}" for barrier in visitor.barriers()]
        wrong += visitor.sideways(WIDTHS if PROOF else NARROW)
    assert pages > 20
    assert wrong == []
