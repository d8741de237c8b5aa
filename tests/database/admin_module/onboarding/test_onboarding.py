"""A firm comes in with its first user, like a template firm, and by a list."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, text

from admin_module.companies import operations as companies
from admin_module.companies.operations import Details
from admin_module.companies.queries import every_known, people
from admin_module.modules import operations as modules
from admin_module.modules.queries import modules_of
from admin_module.onboarding import operations as onboarding
from admin_module.onboarding import queries, rules
from admin_module.onboarding.errors import (
    FileEmpty,
    FileMissing,
    ListInUse,
    ListNotReady,
    ListNotStopped,
    NotLikeItself,
)
from admin_module.onboarding.formats.tables import read_table
from admin_module.onboarding.operations import FirstUser, lists
from brokerpool import firm_lists
from pool_module.agreements.operations import joining
from pool_module.agreements.queries import joining as terms
from pool_module.hierarchy import operations as hierarchy
from shared import clock, workplace
from shared.db import actor_of
from shared.db.facts import stretch
from shared.models.access import RolePermission
from shared.models.firms import BankChange, FirmList
from shared.models.hierarchy import Producer
from shared.models.pools import Company, Person, Pool
from shared.models.workplace import LongJob
from shared.permissions import Module
from shared.vocabulary import Door, FirmListState, IntermediaryType
from tests.database.pool_module.casework import POOL, Desk
from tests.factories.days import TODAY

USER = FirstUser(first_name="Anna", last_name="Neu", email="anna@neu.example", role="broker")


class TestOneFirm:
    def test_firm_first_user_and_place_in_one_transaction(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            made = onboarding.onboard(session, Details(name="Neu GmbH"), USER)
            joining.join(
                session, made.company.id, name="Neu GmbH", code=made.company.code, kind="firm",
                parent_id=desk.producer_id, day=TODAY,
            )  # fmt: skip
            actor = actor_of(session)
            members = people.members_of(session, actor, made.company.id)
            assert [(m.name, m.role, m.state) for m in members] == [
                ("Anna Neu", "broker", "invited"),
            ]  # fmt: skip
            person = session.scalars(
                select(Person).where(Person.company_id == made.company.id)
            ).one()
            assert person.email == "anna@neu.example"
            agreed = terms.find_terms(session, actor, made.company.id, TODAY)
            assert agreed is not None
            assert agreed.parent_id == desk.producer_id

    def test_like_a_template_firm(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            actor = actor_of(session)
            producer = session.get_one(Producer, (POOL, desk.producer_id))
            hierarchy.set_group(session, actor, producer, "GOLD", stretch(None, None))
            session.add(
                RolePermission(
                    pool_id=POOL, role="assistant", permission="own_statements",
                    company_id=desk.firm_id, allowed=True,
                )
            )  # fmt: skip
            session.flush()
            modules.switch(session, desk.firm_id, Module.ADMIN, on=False)
            made = onboarding.onboard(
                session, Details(name="Wie A GmbH"), None, template_id=desk.firm_id
            ).company
            joining.join(
                session, made.id, name=made.name, code=made.code, kind="firm", parent_id=None,
                day=TODAY, template_id=desk.firm_id,
            )  # fmt: skip
            rights = queries.rights_of(session, actor, made.id)
            assert [(r.role, r.permission, r.allowed) for r in rights] == [
                ("assistant", "own_statements", True),
            ]  # fmt: skip
            assert modules_of(session, actor, made.id)[Module.ADMIN] is False
            agreed = terms.find_terms(session, actor, made.id, TODAY)
            assert agreed is not None
            assert agreed.group == "GOLD"
            again = onboarding.copy_settings(session, desk.firm_id, made.id)
            assert (again.rights, again.modules) == (0, 0)
            with pytest.raises(NotLikeItself):
                onboarding.copy_settings(session, made.id, made.id)


GOOD = [
    ["Firma", "Nr.", "Registernummer", "IBAN", "Typ", "übergeordnet", "Vorname", "Nachname",
     "E-Mail", "Rolle"],
    ["Liste Eins GmbH", "L-1", "D-LI01-EINS1-11", "DE89370400440532013000", "Makler", "A",
     "Ada", "Eins", "ada@eins.example", "Makler"],
    ["Liste Eins GmbH", "L-1", "", "", "", "", "Bea", "Eins", "bea@eins.example", "Assistent"],
    ["Liste Zwei GmbH", "L-2", "", "", "Berater", "", "Cem", "Zwei", "", ""],
    ["Liste Drei GmbH", "L-3", "D-1", "DE00", "Chef", "", "Dora", "", "dora", "Chef"],
]  # fmt: skip


def xlsx(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what the outbox says, as the worker does."""
    monkeypatch.setenv("STORAGE_DIR", str(desk.root))
    with desk.at(Door.WORKER, "worker") as session:
        rows = session.execute(
            text("SELECT id, task, arguments FROM outbox WHERE done_at IS NULL "
                 "AND task LIKE 'onboarding%' ORDER BY id")
        ).all()  # fmt: skip
        for row in rows:
            session.execute(
                text("UPDATE outbox SET done_at = now() WHERE id = :id"), {"id": row.id}
            )
    for row in rows:
        task = {"onboarding.read_list": firm_lists.read_list,
                "onboarding.take_list": firm_lists.take_list}[row.task]  # fmt: skip
        with desk.at(Door.WORKER, "worker") as session:
            task(session, actor_of(session), **row.arguments)


def bring(desk: Desk, content: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    with desk.at(Door.INTRANET, "frauke") as session:
        made = lists.bring(session, Path(desk.root), "firmen.xlsx", content)
    work(desk, monkeypatch)
    return made


def take(desk: Desk, made: int, monkeypatch: pytest.MonkeyPatch) -> FirmList:
    with desk.at(Door.INTRANET, "frauke") as session:
        lists.order(session, made)
    work(desk, monkeypatch)
    with desk.at(Door.INTRANET, "frauke") as session:
        found = queries.get_list(session, actor_of(session), made)
        session.expunge(found)
    return found


def figures(desk: Desk) -> tuple[int, int, int]:
    with desk.at(Door.INTRANET, "frauke") as session:
        names = select(Company.id).where(Company.name.like("Liste%"))
        ids = session.scalars(names).all()
        persons = session.scalars(select(Person).where(Person.company_id.in_(ids))).all()
        members = [m for i in ids for m in people.members_of(session, actor_of(session), i)]
        return len(ids), len(persons), len(members)


class TestLists:
    def test_the_right_rows_are_taken_the_others_come_back_and_nothing_is_double(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = bring(desk, xlsx(GOOD), monkeypatch)
        with desk.at(Door.INTRANET, "frauke") as session:
            found = queries.get_list(session, actor_of(session), made)
            assert found.state == FirmListState.READ
            assert lists.counted(found.rows) == {"new": 3, "known": 0, "error": 1, "done": 0}
            wrong = lists.rejected(found)[0]["errors"]
            assert set(wrong) == {
                "register_number", "iban", "intermediary_type", "last_name", "person_email",
                "role",
            }  # fmt: skip
        assert figures(desk) == (0, 0, 0)  # nothing is taken before somebody has looked
        taken = take(desk, made, monkeypatch)
        assert taken.state == FirmListState.TAKEN
        assert figures(desk) == (2, 3, 2)
        with desk.at(Door.INTRANET, "frauke") as session:
            firms = {c.name: c for c in session.scalars(
                select(Company).where(Company.name.like("Liste%")))}  # fmt: skip
            adviser = firms["Liste Zwei GmbH"]
            assert adviser.intermediary_type == IntermediaryType.ADVISER
            first = firms["Liste Eins GmbH"]
            assert first.iban is None  # it waits for a second person
            assert session.scalars(select(BankChange.firm_id)).all() == [first.id]
            actor = actor_of(session)
            # the worker places it from the pool's own day on, whichever that is
            placed = clock.today(session.get_one(Pool, POOL).time_zone)
            agreed = terms.find_terms(session, actor, first.id, placed)
            assert agreed is not None
            assert agreed.parent_id == desk.producer_id
            assert terms.find_terms(session, actor, adviser.id, placed) is None
        again = take(desk, bring(desk, xlsx(GOOD), monkeypatch), monkeypatch)
        assert again.state == FirmListState.TAKEN
        assert figures(desk) == (2, 3, 2)
        with pytest.raises(ListNotReady), desk.at(Door.INTRANET, "frauke") as session:
            lists.order(session, made)

    def test_nobody_lands_at_the_top_because_his_superior_is_unknown(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = bring(desk, xlsx([
            ["übergeordnet", "Firma", "Nr.", "Registernummer", "Art"],
            ["nobody", "Liste Unten GmbH", "L-8", "", ""],
            ["L-7", "Liste Zu Früh GmbH", "L-9", "", ""],
            ["B", "Liste Oben GmbH", "L-7", "", "Gruppe"],
            ["liste oben gmbh", "Liste Mitte GmbH", "L-6", "", ""],
            ["L-10", "Liste Weise GmbH", "", "D-1", ""],
        ]), monkeypatch)  # fmt: skip
        with desk.at(Door.INTRANET, "frauke") as session:
            found = queries.get_list(session, actor_of(session), made)
            wrong = {row["cells"]["name"]: set(row["errors"]) for row in lists.rejected(found)}
            assert wrong == {
                "Liste Unten GmbH": {"above"}, "Liste Zu Früh GmbH": {"above"},
                "Liste Weise GmbH": {"above", "register_number"},
            }  # fmt: skip
            assert list(lists.titles(found)) == [
                "above", "name", "code", "register_number", "kind",
            ]  # fmt: skip
        take(desk, made, monkeypatch)
        with desk.at(Door.INTRANET, "frauke") as session:
            actor, day = actor_of(session), clock.today(session.get_one(Pool, POOL).time_zone)
            by = {one.code.casefold(): one.id for one in every_known(session, actor)}
            above = terms.find_terms(session, actor, by["l-7"], day)
            below = terms.find_terms(session, actor, by["l-6"], day)
            assert above is not None
            assert below is not None
            assert below.parent_id == above.producer_id
            assert "l-8" not in by

    def test_a_superior_who_is_refused_himself_refuses_who_stands_under_him(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = bring(desk, xlsx([
            ["Firma", "Nr.", "übergeordnet"],
            ["Liste Chef GmbH", "L-20", ""], ["Liste Kind GmbH", "L-21", "L-20"],
        ]), monkeypatch)  # fmt: skip
        with desk.at(Door.INTRANET, "frauke") as session:
            companies.add(session, Details(name="Inzwischen GmbH", code="L-20"))
        taken = take(desk, made, monkeypatch)
        assert [row["errors"] for row in taken.rows] == [{}, {"above": rules.NO_PLACE}]

    def test_a_firm_above_is_known_by_its_own_number_and_name(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            actor = actor_of(session)
            over = companies.add(session, Details(name="Größe & Partner GmbH", code="NL-121"))
            bare = companies.add(session, Details(name="Nirgends GmbH", code="NL-122"))
            hierarchy.add_producer(session, actor, code="VM-91", payee="NL-121")
            leading = hierarchy.add_producer(session, actor, code="VM-92", payee="NL-121")
            leading.kind = "firm"
            namesake = hierarchy.add_producer(session, actor, code="VM-93", payee="NL-124")
            namesake.name = "Doppelt GmbH"
            companies.add(session, Details(name="Doppelt GmbH", code="NL-123"))
            session.flush()
            place, bare_name, over_id = leading.id, bare.name, over.id
        made = bring(desk, xlsx([
            ["Firma", "Nr.", "Steht unter", "Art"],
            ["Liste Nummer GmbH", "L-31", "nl-121", "Partner"],
            ["Liste Name GmbH", "L-32", "Größe & Partner GmbH", "Partner"],
            ["Liste Name Zwei GmbH", "L-36", "größe & partner gmbh", "Partner"],
            ["Liste Ortlos GmbH", "L-33", "NL-122", ""],
            ["Liste Zwei Gleiche GmbH", "L-34", "Doppelt GmbH", ""],
            ["Liste Produzent GmbH", "L-35", "VM-91", "Partner"],
        ]), monkeypatch)  # fmt: skip
        taken = take(desk, made, monkeypatch)
        assert [row["errors"] for row in taken.rows] == [
            {}, {}, {}, {"above": rules.NO_PLACE}, {"above": rules.TWO_SUPERIORS}, {},
        ]  # fmt: skip
        assert taken.rows[3]["values"] == {"above": f"NL-122 {bare_name}"}
        assert taken.rows[4]["values"] == {"several": "NL-123 Doppelt GmbH, VM-93 Doppelt GmbH"}
        with desk.at(Door.INTRANET, "frauke") as session:
            actor, day = actor_of(session), clock.today(session.get_one(Pool, POOL).time_zone)
            by = {one.code: one.id for one in every_known(session, actor)}
            above = {}
            for code in ("L-31", "L-32", "L-36", "L-35"):
                agreed = terms.find_terms(session, actor, by[code], day)
                assert agreed is not None
                above[code] = agreed.parent_id
            assert over_id in by.values()
            assert [above[code] for code in ("L-31", "L-32", "L-36")] == [place] * 3
            assert above["L-35"] not in {place, None}

    def test_an_empty_file_is_called_empty(self, desk: Desk) -> None:
        for name, content, refused in (
            ("firmen.csv", b"", FileEmpty), ("firmen.csv", b"\n \n", FileEmpty),
            ("", b"", FileMissing),
        ):  # fmt: skip
            with pytest.raises(refused), desk.at(Door.INTRANET, "frauke") as session:
                lists.bring(session, Path(desk.root), name, content)

    def test_what_is_no_list_ends_with_the_reason(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for content in (b"just text", b"PK\x03\x04 broken"):
            made = bring(desk, content, monkeypatch)
            with desk.at(Door.INTRANET, "frauke") as session:
                found = queries.get_list(session, actor_of(session), made)
                assert found.state == FirmListState.REFUSED
                assert found.error
                job = session.scalars(select(LongJob).where(LongJob.subject_id == made)).one()
                assert job.state == "failed"

    def test_a_corrected_file_brings_the_rest(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table = read_table(xlsx(GOOD))
        assert "register_number" in table.columns
        fixed = [GOOD[0], ["Liste Drei GmbH", "L-3", "", "", "Makler", "", "Dora", "Drei",
                           "dora@drei.example", "Makler"]]  # fmt: skip
        before = figures(desk)
        take(desk, bring(desk, xlsx(fixed), monkeypatch), monkeypatch)
        assert figures(desk) == (before[0] + 1, before[1] + 1, before[2] + 1)

    @pytest.mark.parametrize("step", ["reading", "taking"])
    def test_a_job_stopped_before_it_began_leaves_the_list_as_it_was(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        name = f"Liste Halt {step} GmbH"
        with desk.at(Door.INTRANET, "frauke") as session:
            content = xlsx([["Firma"], [name]])
            made = lists.bring(session, Path(desk.root), "firmen.xlsx", content)
        if step == "taking":
            work(desk, monkeypatch)
            with desk.at(Door.INTRANET, "frauke") as session:
                lists.order(session, made)
        with desk.at(Door.INTRANET, "frauke") as session:
            job = workplace.find_job_of(session, lists.KIND, "firm_list", made)
            assert job is not None
            workplace.cancel_job(session, job.id)
            found = queries.get_list(session, actor_of(session), made)
            # also while no worker has come by
            truly = FirmListState.STOPPED if step == "reading" else FirmListState.READ
            assert lists.standing(session, found) == truly
        work(desk, monkeypatch)
        with desk.at(Door.INTRANET, "frauke") as session:
            found = queries.get_list(session, actor_of(session), made)
            assert found.state == truly
            assert session.scalars(select(Company).where(Company.name == name)).all() == []
            if step == "reading":
                lists.read_again(session, made)
                with pytest.raises(ListNotStopped):
                    lists.read_again(session, made)
                with pytest.raises(ListInUse):
                    lists.drop(session, made)
        work(desk, monkeypatch)
        take(desk, made, monkeypatch)
        with desk.at(Door.INTRANET, "frauke") as session:
            assert len(session.scalars(select(Company).where(Company.name == name)).all()) == 1
            with pytest.raises(ListInUse):
                lists.drop(session, made)

    def test_what_may_be_a_second_firm_is_said_in_its_cell(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = bring(desk, xlsx([
            ["Firma", "Nr.", "Registernummer", "Andere Firma"],
            ["Kontor G.m.b.H.", "D-1", "", ""],
            ["KONTOR GMBH", "D-2", "D-ZW02-ZW002-02", "ja"],
            ["Kontor GmbH", "", "D-AB12-CD345-67", ""],
        ]), monkeypatch)  # fmt: skip
        with desk.at(Door.INTRANET, "frauke") as session:
            found = queries.get_list(session, actor_of(session), made)
            rows: list[dict[str, Any]] = found.rows
            assert [set(row["errors"]) for row in rows] == [{"name"}, set(), set()]
            assert rows[0]["values"] == {"firm": "Kontor GmbH"}
            assert [row["known"] for row in rows] == [desk.firm_id, None, desk.firm_id]
        taken = take(desk, made, monkeypatch)
        assert [row["done"] for row in taken.rows] == [False, True, True]
        with desk.at(Door.INTRANET, "frauke") as session:
            called = session.scalars(select(Company).where(Company.name == "KONTOR GMBH")).all()
            assert [(one.code, one.register_number) for one in called] == [
                ("D-2", "D-ZW02-ZW002-02"),
            ]  # fmt: skip
