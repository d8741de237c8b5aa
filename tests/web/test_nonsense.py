"""Every form of every page is sent with what no field of it takes: it is refused, nothing breaks.

Browsers send choices only; whoever sends by himself sends what he likes. The fuzz
(``test_fuzz.py``) draws such words by chance, here each field gets each of them.
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from shared.vocabulary import Door
from tests.factories.town import Town
from tests.web.forms_of import Form
from tests.web.test_mass_assignment import all_forms
from tests.web.visitors import Visitor

PROOF: Final = os.environ.get("BROKERPOOL_PROOF") == "1"
# no choice, no number; more than any column holds; what is not Latin-1; too little of everything
WORDS: Final = ("zq no choice", "99999999999999999999", "\U0007a54b¡", "-1", "")


def spoilt(form: Form) -> Iterator[MultiDict[str, str]]:
    """The form with each word in all its fields; in the proof in each field alone as well."""
    names = [name for name, _ in form.fields if name != "csrf_token"]
    for word in WORDS if PROOF else WORDS[:3]:
        yield MultiDict((name, word) for name in names)
        for spoilt_name in names if PROOF else ():
            yield MultiDict((n, word if n == spoilt_name else v) for n, v in form.fields)


@pytest.mark.parametrize(
    ("door", "name"), [(Door.INTRANET, "admin"), (Door.INTRANET, "accountant"),
                       (Door.EXTRANET, "broker")],
)  # fmt: skip
@pytest.mark.usefixtures("nothing_stays")
def test_nonsense_is_refused(
    town: Town, portal_of: Callable[[Door], Flask], door: Door, name: str
) -> None:
    visitor = Visitor(portal_of(door), door, town.somebody(name))
    broken = []
    for form in all_forms(town, visitor.app, visitor):
        for fields in spoilt(form):
            answer = visitor.post(form.action, MultiDict({**fields, "csrf_token": visitor.token}))
            if answer.status_code >= 500:
                broken.append(f"{form.action}: {answer.status_code} {dict(fields)}")
    assert broken == [], "\n".join(broken)
