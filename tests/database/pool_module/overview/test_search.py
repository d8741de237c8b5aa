"""What is typed is found, by whoever may see it and by nobody else."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from pool_module.overview.queries.search import FINDERS, Hit, search
from pool_module.overview.rules.asking import asked
from shared.db import actor_of
from shared.models.contracts import Customer
from shared.vocabulary import Door
from tests.database.pool_module.overview.conftest import Overview

TODAY = date(2026, 11, 21)
OpenSession = Callable[..., Session]


def found(session: Session, typed: str) -> dict[str, list[Hit]]:
    return search(session, asked(typed), kinds=FINDERS, today=TODAY)


def names(session: Session, typed: str) -> set[str]:
    return {f"{hit.kind} {hit.name}" for hits in found(session, typed).values() for hit in hits}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kess", {"producer Kessler, Miriam"}),
        ("miriam kess", {"producer Kessler, Miriam"}),
        ("Schewtschenko", {"producer Шевченко, Олена"}),
        ("finanzkontor", {"producer Kessler, Miriam"}),  # by his firm
        ("@kess", {"producer Kessler, Miriam"}),
        ("#kess", set()),
        ("aquila", {"insurer Aquila Leben"}),
        ("anna kess", set()),
        ("k", set()),
    ],
)
def test_staff_find(session_of: OpenSession, typed: str, expected: set[str]) -> None:
    assert names(session_of(), typed) == expected


def test_a_holder_leads_to_his_contracts_and_applications(
    session_of: OpenSession, overview: Overview
) -> None:
    hits = found(session_of(), "mueller anna")
    told = {kind: [hit.id for hit in of] for kind, of in hits.items()}
    assert told == {
        "customer": [overview.ids["Müller"]],
        "contract": [overview.ids["contract of Müller"]],
        "application": [overview.ids["application of Müller"]],
    }
    assert hits["contract"][0].details == ("Müller, Anna", "Risikoleben Klassik")


@pytest.mark.parametrize("typed", ["EK7490", "ek-7490", "#EK 7490", "#7490"])
def test_numbers_without_separators(session_of: OpenSession, typed: str) -> None:
    assert len(found(session_of(), typed)["contract"]) == 2


def test_what_is_private_is_not_the_staffs(session_of: OpenSession) -> None:
    assert names(session_of(), "geheimrat") == set()
    own = names(session_of(Door.EXTRANET, "south"), "geheimrat")
    assert own == {"customer Geheimrat, Ida", "contract P-1"}
    assert names(session_of(Door.EXTRANET, "east"), "geheimrat") == set()


def test_a_broker_finds_his_own_rows_and_the_range(session_of: OpenSession) -> None:
    east = session_of(Door.EXTRANET, "east")
    assert set(found(east, "demjanjuk")) == {"contract", "application"}
    assert names(east, "müller") == set()
    assert names(east, "risikoleben") == {"product Risikoleben Klassik"}
    assert names(session_of(Door.EXTRANET, "south"), "risikoleben") == {
        "product Risikoleben Klassik",
        "product Risikoleben Exklusiv",
    }
    assert "producer" not in {k.split()[0] for k in names(east, "kessler")}


def test_what_is_renamed_is_found_by_its_new_name(
    session_of: OpenSession, overview: Overview
) -> None:
    session = session_of()
    customer = session.get(Customer, (actor_of(session).pool_id, overview.ids["Müller"]))
    assert customer
    customer.last_name = "Öztürk"
    session.flush()
    assert "customer Öztürk, Anna" in names(session, "oeztuerk")
    assert names(session, "mueller") == set()


def test_no_door_writes_words(session_of: OpenSession) -> None:
    for door, firm in ((Door.INTRANET, None), (Door.EXTRANET, "south"), (Door.WORKER, None)):
        asked_for = text("SELECT has_any_column_privilege('search_word', 'INSERT, UPDATE')")
        assert not session_of(door, firm).execute(asked_for).scalar_one()


def test_it_costs_few_statements(session_of: OpenSession) -> None:
    session = session_of()
    session.execute(text("SELECT 1"))
    sent: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *a: sent.append(a[2]))
    found(session, "an 1,00")
    assert len(sent) <= 8
