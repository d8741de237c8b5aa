"""Canaries: every page, fragment, list, file and search of one is searched for another's words.

Each company has a word of its own in every text it owns (``tests/factories/town``). A visitor opens
every address he knows, follows what he finds there, takes lists out as files, opens papers, and
types the beginnings of other people's words into every search.
"""

import csv
import html
import io
import os
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from shared.permissions import Permission, effective
from shared.vocabulary import Door
from shared.web.lists import Spec
from tests.factories.divided import kept_in_the_north
from tests.factories.town import ADLER, BERG, FAR, FRAGMENTS, POOL, Somebody, Town
from tests.web import addresses
from tests.web.visitors import Visitor
from tests.web.written import Written

WORD = re.compile(
    r"zq(?:berg|adler|pool|gone|far)(?:own)?[0-9a-f]+q[0-9a-f]+q|[\w.]+@town\.example"
)
LINK = re.compile(r'\s(?:href|hx-get|src)="(/[^"#]*)')
ID = re.compile(r'<[^>]*\sid="([^"]+)"')
# the box that chooses a list's columns: what it offers, and that the list can be taken out
CHOOSER = re.compile(r'<form [^>]*action="(/[^"]*)"[^>]* data-columns>(.*?)</form>', re.DOTALL)
OFFERED = re.compile(r'name="col" value="(\w+)"')
FILES = ("&format=csv", "&format=xlsx")
SWAP = re.compile(r'<[^>]*\shx-get="(/[^"]*)"[^>]*\shx-target="#([\w-]+)"')
# how many addresses that differ in their values alone are opened
LONG = bool(os.environ.get("BROKERPOOL_PROOF"))
ALIKE = 3 if LONG else 1
# what of the pool's own stands in a broker's portal: whom he deals with, and what he sells
POOLS_TO_ALL = frozenset({
    ("account", "name"), ("career_level", "name"), ("career_level", "name_en"),
    ("document", "file_name"), ("document", "title"),
    ("insurer", "name"), ("insurer_identity", "name"), ("line_of_business", "code"),
    ("line_of_business", "name_en"), ("pool", "name"), ("product", "name"), ("product", "code"),
    ("product", "summary"), ("product", "features"), ("product_version", "name"),
    ("rule", "code"), ("settlement_run", "name"), ("period", "name"),
})  # fmt: skip
# things people look for by their words
SOUGHT = ("contract", "customer", "application", "company", "producer", "thread", "statement")
VISITORS = (
    "broker", "assistant", "adler's broker", "former partner", "admin", "auditor", "clerk",
    *(("accountant", "director") if LONG else ()),  # they see what the auditor and the clerk see
)  # fmt: skip
# that there is such a customer of another organisation is told by his name (AIM-58)
NAMES = {("customer", "last_name"), ("customer", "first_name")}
# columns that lists offer where there are organisations
UNITS = {"organisation"}
# who comes to every list of his portal, and to a filled row in each
WHOLE = ("admin", "broker")
FOUND: Counter[str] = Counter()


@dataclass
class Walk:
    """A visitor on his way through every page he finds.

    Attributes:
        visitor: who.
        announced: words of others that clearance and search tell, and nothing else.
    """

    visitor: Visitor
    announced: frozenset[str] = frozenset()
    words: set[str] = field(default_factory=set)
    where: dict[str, str] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    alike: Counter[tuple[object, ...]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    filled: set[tuple[str, str]] = field(default_factory=set)

    def go(self, first: list[str]) -> None:
        waiting = [(path, "") for path in first]
        while waiting:
            path, target = waiting.pop()
            if (path, target) in self.seen or not self._is_new(path, target):
                continue
            self.seen.add((path, target))
            heads = {"HX-Request": "true", "HX-Target": target} if target else {}
            answer = self.visitor.get(path, **heads)
            self.take(path, answer)
            if answer.mimetype == "text/html":
                waiting += [(html.unescape(p), "") for p in LINK.findall(answer.text)]
                waiting += [(html.unescape(p), t) for p, t in SWAP.findall(answer.text)]
                self.take_out(answer.text)

    def take_out(self, page: str) -> None:
        """Ask a list for its sums and counts, and for every column: as a page and as both files."""
        for path, chooser in CHOOSER.findall(page):
            if path in self.offered:
                continue
            names = self.offered[path] = OFFERED.findall(chooser)
            every = f"{path}?cols={','.join(names)}"
            files = [every + kind for kind in FILES] if "format=csv" in page else []
            for asked in (every, f"{path}?part=totals", f"{path}?part=counts", *files):
                answer = self.visitor.get(asked)
                self.take(asked, answer)
                if answer.status_code != 200:
                    self.broken.append(f"{asked}: {answer.status_code}")
                elif answer.mimetype == "text/csv":
                    self.filled |= {(path, name) for name in filled(names, answer)}

    def blank(self) -> list[str]:
        """The columns of lists that no row had anything in: whatever they do, nobody saw it."""
        full = {(re.sub(r"\d+", "#", path), name) for path, name in self.filled}
        return sorted(
            {
                f"{same}: {name}"
                for path, names in self.offered.items()
                for name in names
                if ((same := re.sub(r"\d+", "#", path)), name) not in full
            }
        )

    def take(self, path: str, answer: TestResponse) -> None:
        """Look for words in an answer, whatever kind of file it is."""
        if answer.status_code >= 500:
            self.broken.append(f"{path}: {answer.status_code}")
        kind = answer.mimetype or ""
        self.kinds[kind] += 1
        told = answer.headers.get("Content-Type", "")
        spoken = kind.startswith("text/") or kind.endswith(("xml", "json"))
        if answer.data and (not told or (spoken and not told.endswith("; charset=utf-8"))):
            self.untold.append(f"{path}: {told}")
        if answer.mimetype == "text/html":
            raw = answer.text
            self.ran += [f"{path}: {bad}" for bad in FRAGMENTS if bad in raw]
            ids = Counter(ID.findall(raw))
            self.twice += [f"{path}: {name}" for name, number in ids.items() if number > 1]
        elif "format=" in path and answer.status_code == 200:
            self.ran += [f"{path}: {cell}" for cell in formulas(answer)]
            self.kinds["exports"] += 1
        for word in set(WORD.findall(text_of(answer).lower())):
            if word in self.announced and path.startswith(("/clearance", "/search")):
                continue
            self.words.add(word)
            self.where.setdefault(word, path)

    def _is_new(self, path: str, target: str) -> bool:
        """Whether an address is not just another order or filter of what was opened already."""
        parts = urlsplit(path)
        if parts.path.startswith("/kit/"):
            return False
        same = re.sub(r"\d+", "#", parts.path)
        if not LONG and same.startswith("/permissions/"):
            same = "/permissions/#/#"  # a role's right, and there are two hundred of them
        telling = {"format", "part", "tab"}
        pairs = sorted(parse_qsl(parts.query))
        asked = tuple((k, v if k in telling else "") for k, v in pairs if LONG or k in telling)
        self.alike[same, asked, target] += 1
        return self.alike[same, asked, target] <= (3 * ALIKE if "#" in same else ALIKE)


def filled(names: list[str], answer: TestResponse) -> Iterator[str]:
    """The columns of an exported list that a row has something in."""
    heads, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    place = 0
    for name in names:
        if any(row[place] for row in rows):
            yield name
        money = heads[place + 1 : place + 2] == [f"{heads[place]}: currency"]
        place += 2 if money else 1
    assert place == len(heads), (names, heads)


def unmet(door: Door, walk: Walk) -> list[str]:
    """The lists of a portal nobody came to."""
    met = [set(names) for names in walk.offered.values()]
    return [
        f"{module.__name__}: {name}"
        for module in list(sys.modules.values())
        if module.__name__.startswith(f"portal_{door.value}.views.")
        for name, spec in vars(module).items()
        if isinstance(spec, Spec) and not any(set(spec.labels) - UNITS <= names for names in met)
    ]


def text_of(answer: TestResponse) -> str:
    """What can be read in a page, a table, or a paper."""
    if answer.mimetype == "application/pdf":
        try:
            pages = PdfReader(io.BytesIO(answer.data)).pages
        except Exception:  # noqa: BLE001  -- the made-up papers of the town are none
            return str(answer.data, "latin-1")
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace")
                            for name in packed.namelist())  # fmt: skip
    return html.unescape(answer.data.decode("utf-8", "replace"))


def formulas(answer: TestResponse) -> Iterator[str]:
    """The cells of an exported list that a spreadsheet would run."""
    if answer.mimetype == "text/csv":
        for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"):
            for cell in row:
                number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
                if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0")) and not number:
                    yield cell[:40]
        return
    if answer.data[:2] != b"PK":
        return
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        for name in packed.namelist():
            text = packed.read(name).decode("utf-8", "replace")
            if "<f>" in text or "<f " in text or "<hyperlink" in text:
                yield f"{name} has formulas or links"


def known(town: Town, app: Flask, door: Door, firm: str) -> Iterator[str]:
    """Every address with his own rows in it."""
    for rule in addresses.rules(app):
        if "GET" not in addresses.methods(rule):
            continue
        for whose, path in addresses.addresses_of(town, door, firm, rule):
            if whose == addresses.OWN and path and not path.startswith("/kit/"):
                yield path
                if rule.endpoint == "statements.paper":
                    yield path.replace("/statement", "/csv", 2).replace("/csv", "/statements", 1)


def beginnings(town: Town, *owners: str) -> Iterator[str]:
    """The words of others, all but their last letter: an echo of it is not the word."""
    names = {"number", "last_name", "name", "title", "case_number", "code"}
    for word, (owner, table, column) in town.told.items():
        if owner.partition("_")[0] in owners and table in SOUGHT and column in names:
            yield word[:-1]


@pytest.mark.parametrize("name", VISITORS)
@pytest.mark.usefixtures("nothing_stays")
def test_nobody_reads_what_is_anothers(
    town: Town, portal_of: Callable[[Door], Flask], written: Written, name: str
) -> None:
    person = town.somebody(name)
    walk = walked(town, portal_of(person.door), person)
    # who reads nothing of his own proves nothing
    least = {"former partner": 1, "assistant": 20}.get(name, 40)
    judge(town, walk, strangers_words(town, person.door, person.firm), least)
    assert written.unexpected() == []
    if name in WHOLE:
        assert unmet(person.door, walk) == []
        assert walk.blank() == []


@pytest.mark.usefixtures("nothing_stays")
def test_nobody_reads_what_another_organisation_keeps(divided: Town, divided_portal: Flask) -> None:
    """A clerk of the south, who does not see the pool's reports, among what is the north's."""
    person = divided.somebody("clerk")
    assert Permission.REPORTS_ALL not in effective(person.role, {}, (), leaving=False)
    norths = kept_in_the_north(divided)
    names = {word for word in norths if divided.told[word][1:] in NAMES}
    walk = walked(divided, divided_portal, person, frozenset(names))
    judge(divided, walk, strangers_words(divided, person.door, person.firm) | norths, 40)
    FOUND["words of another organisation"] += len(norths)


def walked(
    town: Town, app: Flask, person: Somebody, announced: frozenset[str] = frozenset()
) -> Walk:
    """Send somebody through every page, and let him look for others' words."""
    walk = Walk(Visitor(app, person.door, person), announced)
    walk.go(list(known(town, app, person.door, person.firm)))
    for typed in beginnings(town, BERG, ADLER, FAR):
        answer = walk.visitor.get(f"/search?q={quote(typed)}", **{"HX-Request": "true",
                                  "HX-Target": "palette-hits"})  # fmt: skip
        walk.take(f"/search?q={typed}", answer)
    return walk


def judge(town: Town, walk: Walk, foreign: set[str], least: int) -> None:
    """Count what somebody saw: nothing of others, enough of his own, and nothing that broke."""
    leaks = {w: (town.told[w], walk.where[w]) for w in walk.words & foreign}
    own = walk.words & set(town.told)
    FOUND.update({"people": 1, "pages": len(walk.seen), "words": len(foreign), "leaks": len(leaks),
                  "own words seen": len(own), "exports": walk.kinds["exports"],
                  "lists": len(walk.offered)})  # fmt: skip
    assert leaks == {}, "\n".join(map(str, leaks.items()))
    assert walk.broken == [], walk.broken
    assert walk.twice == [], "\n".join(walk.twice)  # no page has an id twice
    assert walk.ran == [], walk.ran  # stored markup, and formulas in files
    assert walk.untold == [], walk.untold  # every answer says its type and charset
    assert len(own) >= least, sorted(own)


def strangers_words(town: Town, door: Door, firm: str) -> set[str]:
    """The words a person must never read."""
    if door is Door.INTRANET:
        return town.canaries(FAR) | town.canaries(BERG, ADLER, private=True)
    others = {BERG, ADLER, FAR, "gone"} - {firm}
    hidden = {
        word for word, (owner, table, column) in town.told.items()
        if owner == POOL and (table, column) not in POOLS_TO_ALL
    }  # fmt: skip
    return town.canaries(*others) | hidden


def test_the_walk_is_told(record_property: Callable[[str, object], None]) -> None:
    record_property(
        "figures",
        f"canaries: {FOUND['people']} people, one of them of one of two organisations, "
        f"{FOUND['pages']} pages, files and fragments, {FOUND['words']} words of others looked for "
        f"({FOUND['words of another organisation']} of another organisation), "
        f"{FOUND['own words seen']} own ones read, {FOUND['leaks']} leaks; "
        f"{FOUND['exports']} lists as files without a formula, "
        f"{FOUND['lists']} lists with all their columns",
    )
    assert FOUND["leaks"] == 0
