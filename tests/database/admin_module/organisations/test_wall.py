"""Two organisations in one pool: each sees its own, whatever forgets to ask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from admin_module.organisations.errors import (
    DefaultTeamMissing,
    NoSuchUnit,
    NotYourself,
    StaysWhereItIs,
)
from admin_module.organisations.operations import access, keeping, members
from admin_module.organisations.operations.keeping import UnitValues
from pool_module.applications.queries import application_list
from pool_module.contracts.queries.lists import contract_list
from pool_module.contracts.queries.periods import Days
from pool_module.contracts.queries.records import find_number, get_contract
from pool_module.contracts.queries.renewals import renewal_list
from pool_module.crm.errors import (
    AskedAlready,
    AskedFromHere,
    Decided,
    KnownHere,
    NoSuchRecord,
    NotYourOwn,
    TakenElsewhere,
)
from pool_module.crm.operations import clearance, tasks, threads
from pool_module.crm.operations.customers import Person, add_customer
from pool_module.crm.operations.documents import Upload, open_document
from pool_module.crm.queries import clearance as cleared
from pool_module.crm.queries.customers import customer_list
from pool_module.crm.queries.tasks import get_task
from pool_module.overview.queries.search import search
from pool_module.overview.rules.asking import asked
from shared import audit, workplace
from shared.db import actor_of, open_session
from shared.db.listing import Asked as Rows
from shared.db.listing import page
from shared.errors import NotFound
from shared.vocabulary import Door, RequestState, Unit
from tests.database.admin_module.two_houses import (
    BOTH,
    CANARY,
    CHIEF,
    NORTH,
    NOWHERE,
    SOUTH,
    Houses,
    open_houses,
)  # fmt: skip
from tests.factories.days import NOW, TODAY
from tests.servers import Database

EVERYTHING = (
    "customer", "contract", "application", "application_change", "premium_due", "thread",
    "message", "task", "document", "audit_entry",
)  # fmt: skip
KINDS = ("customer", "contract", "application", "producer", "insurer", "product")


@pytest.fixture(scope="class")
def houses(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    made = open_houses(own_database, tmp_path_factory.mktemp("files"))
    yield made
    made.desk.close()


class TestForgottenWhere:
    """Raw SQL, as the intranet's role, without any condition."""

    @pytest.mark.parametrize("table", EVERYTHING)
    def test_nothing_of_another_organisation_comes(self, houses: Houses, table: str) -> None:
        with houses.at(NORTH) as session:
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert rows
            assert CANARY not in repr(rows)
            assert "S-1" not in repr(rows)
        with houses.at(SOUTH) as session:
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert rows
            assert "Amundsen" not in repr(rows)
            assert "Großmann" not in repr(rows)

    @pytest.mark.parametrize("table", EVERYTHING)
    def test_who_is_in_no_team_sees_none_of_it(self, houses: Houses, table: str) -> None:
        with houses.at(NOWHERE) as session:
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert not any(name in repr(rows) for name in (CANARY, "Amundsen", "Großmann"))

    def test_words_of_others_are_not_there(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            words = session.scalars(text("SELECT word FROM search_word")).all()
            assert "amundsen" in words
            assert CANARY.lower() not in words

    def test_a_row_is_not_moved_out_of_ones_own(self, houses: Houses) -> None:
        with houses.at(SOUTH) as session, pytest.raises(DBAPIError, match="row-level security"):
            session.execute(text("UPDATE customer SET organisation_id = NULL"))
        with houses.at(NORTH) as session:
            touched = session.execute(text("UPDATE customer SET note = 'x'"))
            assert touched.rowcount == 2  # type: ignore[attr-defined]

    def test_jobs_and_brokers_have_no_wall(self, houses: Houses) -> None:
        for door in (Door.WORKER, Door.EXTRANET):
            with houses.desk.at(door) as session:
                names = session.scalars(text("SELECT last_name FROM customer")).all()
                assert {CANARY, "Amundsen"} <= set(names)


class TestListsAndRecords:
    def test_every_list_follows(self, houses: Houses) -> None:
        period = Days(TODAY, TODAY)
        for email, own in ((NORTH, "North"), (SOUTH, "South")):
            with houses.at(email) as session:
                actor, made = actor_of(session), houses.made[own]
                other = houses.made["South" if own == "North" else "North"]
                for listing, sort, kind in (
                    (customer_list(session, actor), "name", "customer"),
                    (contract_list(session, actor, TODAY, period), "begin_on", "contract"),
                    (application_list(session, actor, TODAY), "applied_on", "application"),
                    (renewal_list(session, actor, TODAY), "due_on", "contract"),
                ):
                    ids = {row.id for row in page(session, listing, Rows(sort)).rows}
                    assert made[kind] in ids, kind
                    assert other[kind] not in ids, kind

    def test_a_foreign_id_is_not_there(self, houses: Houses) -> None:
        with houses.at(NORTH) as session, pytest.raises(NotFound):
            get_contract(session, actor_of(session), houses.made["South"]["contract"])

    def test_the_search_finds_ones_own(self, houses: Houses) -> None:
        for email, seen in ((NORTH, False), (SOUTH, True)):
            with houses.at(email) as session:
                hits = search(session, asked(CANARY), kinds=KINDS, today=TODAY)
                assert bool(hits) is seen

    def test_a_number_stays_taken_past_the_wall(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            actor = actor_of(session)
            mine = get_contract(session, actor, houses.made["North"]["contract"])
            assert mine.insurer_id
            assert mine.line_id
            found = find_number(session, actor, mine.insurer_id, mine.line_id, "S1")
            assert found == houses.made["South"]["contract"]


class TestWhatIsNew:
    def test_belongs_to_its_makers_unit(self, houses: Houses) -> None:
        places = {"North": (None, "North"), "South": (houses.organisations["South"], "South")}
        with houses.desk.at(Door.WORKER) as session:
            for name, (organisation, unit) in places.items():
                for table in ("customer", "application", "contract"):
                    row = session.execute(
                        text(f"SELECT organisation_id, division_id, team_id FROM {table} "
                             "WHERE id = :id"), {"id": houses.made[name][table]},
                    ).one()  # fmt: skip
                    assert tuple(row) == (
                        organisation, houses.divisions[unit], houses.teams[unit],
                    )  # fmt: skip

    def test_rates_are_looked_up_in_the_same_unit(self, houses: Houses) -> None:
        with houses.desk.at(Door.WORKER) as session:
            found = session.execute(
                text("SELECT organisation_id, division_id FROM contract_terms "
                     "WHERE contract_id = :id"), {"id": houses.made["South"]["contract"]},
            ).one()  # fmt: skip
            assert tuple(found) == (houses.organisations["South"], houses.divisions["South"])

    def test_a_brokers_application_follows_its_customer(self, houses: Houses) -> None:
        with houses.desk.at(Door.WORKER) as session:
            made = session.execute(
                text("INSERT INTO application (pool_id, firm_id, case_number, insurer_id, "
                     "product_id, customer_id) SELECT pool_id, firm_id, 'V-X', insurer_id, "
                     "product_id, customer_id FROM application WHERE id = :id "
                     "RETURNING organisation_id, team_id"),
                {"id": houses.made["South"]["application"]},
            ).one()  # fmt: skip
            assert tuple(made) == (houses.organisations["South"], houses.teams["South"])


class TestUnits:
    def test_a_division_never_changes_its_organisation(self, houses: Houses) -> None:
        fleet, north = houses.divisions["South"], houses.organisations["North"]
        with houses.at(NORTH) as session:
            with pytest.raises(StaysWhereItIs):
                keeping.change(
                    session, Unit.DIVISION, fleet, UnitValues(name="Fleet"), version=1,
                    parent_id=north,
                )  # fmt: skip
            with pytest.raises(DBAPIError, match="keeps its organisation"):
                session.execute(
                    text("UPDATE division SET organisation_id = :o WHERE id = :d"),
                    {"o": north, "d": fleet},
                )
            session.rollback()

    def test_one_click_takes_the_address_over(self, houses: Houses) -> None:
        south = houses.organisations["South"]
        values = UnitValues(
            name="South", phone="+49 89 1", fax="+49 89 2", street="Ring 1", city="Munich"
        )
        with houses.at(NORTH) as session:
            keeping.change(session, Unit.ORGANISATION, south, values, version=1)
            fleet = keeping.copy_address(session, Unit.DIVISION, houses.divisions["South"])
            assert (fleet.phone, fleet.fax, fleet.street) == ("+49 89 1", "+49 89 2", "Ring 1")
            team = keeping.copy_address(session, Unit.TEAM, houses.teams["South"])
            assert team.city == "Munich"

    def test_a_members_default_team_is_one_of_his(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            with pytest.raises(DefaultTeamMissing):
                members.set_teams(
                    session, houses.members[BOTH], [houses.teams["North"]],
                    default_id=houses.teams["South"],
                )  # fmt: skip
            with pytest.raises(NoSuchUnit):
                members.set_teams(session, houses.members[BOTH], [4711], default_id=None)
            with pytest.raises(NotYourself):
                members.set_teams(session, houses.members[NORTH], [], default_id=None)


class TestClearance:
    def test_a_foreign_hit_tells_name_state_and_day(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            actor = actor_of(session)
            (hit,) = cleared.foreign_hits(session, actor, "whitf iris").rows
            assert (hit.name, hit.state) == (f"{CANARY}, Iris", "insured")
            assert vars(hit).keys() == {"id", "name", "state", "since"}
            assert cleared.get_foreign(session, actor, hit.id) == hit
            assert cleared.own_hits(session, actor, "whitf").rows == []
            with pytest.raises(NoSuchRecord):  # one's own is no foreign one
                cleared.get_foreign(session, actor, houses.made["North"]["customer"])
        with houses.at(SOUTH) as session:
            (row,) = cleared.own_hits(session, actor_of(session), "whitf").rows
            assert row.contracts == 1
            assert row.premium == {"EUR": pytest.approx(987.65)}

    def test_a_second_one_needs_the_first_ones_word(self, houses: Houses) -> None:
        person = Person(CANARY, "Iris", birth_date=None)
        with houses.at(NORTH) as session:
            with pytest.raises(TakenElsewhere):
                add_customer(session, person)
            number = clearance.ask(session, houses.made["South"]["customer"], "He moves north")
            with pytest.raises(AskedAlready):
                clearance.ask(session, houses.made["South"]["customer"], "He moves north")
        with houses.at(NORTH) as session, pytest.raises(NoSuchRecord):
            clearance.decide(session, number, RequestState.APPROVED)
        with houses.at(SOUTH) as session:
            actor = actor_of(session)
            (request,) = cleared.requests(session, actor, actor.organisation_ids or ())
            assert (request.owned, request.opens, request.asked_by) == (True, True, NORTH)
            clearance.decide(session, number, RequestState.APPROVED)
            with pytest.raises(Decided):
                clearance.decide(session, number, RequestState.REFUSED)
            told = session.scalars(text("SELECT link FROM notification")).all()
            assert "/clearance/requests" in told
        with houses.at(NORTH) as session:
            with pytest.raises(AskedAlready):  # and was answered
                clearance.ask(session, houses.made["South"]["customer"], "He moves north")
            made = clearance.clear(session, person, executive_id=houses.people[NORTH])
            assert made.customer.executive_id == houses.people[NORTH]
            assert made.customer.team_id == houses.teams["North"]
            assert not made.outside

    def test_who_is_here_already_is_not_cleared_again(self, houses: Houses) -> None:
        person = Person("Amundsen", "Iris", birth_date=date(1970, 1, 2))
        with houses.at(NORTH) as session, pytest.raises(KnownHere):
            clearance.clear(session, person, executive_id=None)

    def test_an_executive_of_another_team_is_not_assigned(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            person = Person("Lindgren", "Ole")
            made = clearance.clear(session, person, executive_id=houses.people[SOUTH])
            assert made.outside
            assert made.customer.executive_id is None

    def test_who_asks_does_not_decide(self, houses: Houses) -> None:
        with houses.at(SOUTH) as session:
            other = add_customer(session, Person("Sundermann", "Ole")).id
        with houses.at(BOTH) as session:
            number = clearance.ask(session, other, "Again")
        south = frozenset({houses.organisations["South"]})
        there = replace(houses.actor(BOTH), organisation_ids=south, team_id=houses.teams["South"])
        with (
            open_session(houses.desk.engines[Door.INTRANET], there) as session,
            pytest.raises(NotYourOwn),
        ):
            clearance.decide(session, number, RequestState.APPROVED)

    def test_who_asked_is_a_whole_organisation(self, houses: Houses) -> None:
        """Past the wall nobody of the asking one decides, but in his place in the owning one."""
        with houses.at(SOUTH) as session:
            other = add_customer(session, Person("Sundgren", "Ole")).id
        with houses.at(NORTH) as session:
            number = clearance.ask(session, other, "He moves")
        south = frozenset({houses.organisations["South"]})
        for who, may in ((CHIEF, False), (BOTH, False), (SOUTH, True), (NOWHERE, True)):
            past = replace(houses.actor(who), organisation_ids=None)
            with open_session(houses.desk.engines[Door.INTRANET], past) as session:
                rows = cleared.requests(session, past, (0,))
                assert [row.decides for row in rows if row.id == number] == [may], who
                if not may:
                    with pytest.raises(AskedFromHere):
                        clearance.decide(session, number, RequestState.APPROVED)
        there = replace(houses.actor(BOTH), organisation_ids=south, team_id=houses.teams["South"])
        with open_session(houses.desk.engines[Door.INTRANET], there) as session:
            clearance.decide(session, number, RequestState.APPROVED)
            session.commit()


class TestWhatTellsOfASearch:
    """Words somebody looked for are his organisation's, in the journal and in shared views."""

    def test_an_export_is_of_who_took_it_out(self, houses: Houses) -> None:
        told = {"query": f"q={CANARY}"}
        for email in (NORTH, SOUTH, NOWHERE):
            with houses.at(email) as session:
                audit.write(session, "exported", "customers", None, new=told | {"by": email})
                audit.write(session, "changed", "parameter_value", None, new={"by": email})
        asked = text("""SELECT new->>'by' FROM audit_entry
            WHERE action = :action AND new ? 'by' ORDER BY 1""")
        everybody = sorted([NORTH, SOUTH, NOWHERE])
        for email in everybody:
            with houses.at(email) as session:
                found = session.scalars(asked, {"action": "exported"}).all()
                assert email in found
                assert set(found) <= {email} | ({NOWHERE} if email == NORTH else set())
                assert session.scalars(asked, {"action": "changed"}).all() == everybody
        past = replace(houses.actor(CHIEF), organisation_ids=None)
        with open_session(houses.desk.engines[Door.INTRANET], past) as session:
            assert session.scalars(asked, {"action": "exported"}).all() == everybody

    def test_a_brokers_is_of_the_unit_his_firm_is_limited_to(self, houses: Houses) -> None:
        desk = houses.desk
        with houses.at(NORTH) as session:
            code = session.scalars(
                text("SELECT code FROM company WHERE id = :id"), {"id": desk.firm_id}
            ).one()
            limit = access.limit(session, code, Unit.DIVISION, houses.divisions["South"])
        with desk.at(Door.EXTRANET) as session:
            audit.write(session, "exported", "contracts", None, new={"query": "q=broker"})
        with houses.at(NORTH) as session:
            access.end(session, limit)
        asked = text("SELECT count(*) FROM audit_entry WHERE new->>'query' = 'q=broker'")
        for email, seen in ((NORTH, 0), (SOUTH, 1)):
            with houses.at(email) as session:
                assert session.scalars(asked).one() == seen

    def test_views_are_shared_within_an_organisation(self, houses: Houses) -> None:
        for email in (NORTH, SOUTH, NOWHERE):
            for shared in (True, False):
                with houses.at(email) as session:
                    workplace.save_view(
                        session, "customers", f"{email} {shared}", f"q={CANARY}", shared=shared
                    )
        seen = {
            NORTH: {(NORTH, True), (NORTH, False), (NOWHERE, True)},
            BOTH: {(NORTH, True), (NOWHERE, True)},
            SOUTH: {(SOUTH, True), (SOUTH, False)},
            NOWHERE: {(NOWHERE, True), (NOWHERE, False)},
        }
        for email, expected in seen.items():
            with houses.at(email) as session:
                found = {view.name for view in workplace.views_of(session, "customers")}
                assert found == {f"{who} {shared}" for who, shared in expected}
                rows = session.scalars(text("SELECT name FROM saved_view WHERE shared")).all()
                assert set(rows) == {f"{who} {shared}" for who, shared in expected if shared}
        there = replace(
            houses.actor(BOTH),
            organisation_ids=frozenset({houses.organisations["South"]}),
            team_id=houses.teams["South"],
        )
        with open_session(houses.desk.engines[Door.INTRANET], there) as session:
            found = {view.name for view in workplace.views_of(session, "customers")}
            assert found == {f"{SOUTH} True"}


class TestWhatIsEverybodys:
    """What is about nothing of an organisation is dealt with in whichever."""

    def test_a_task_about_a_product_is_done_in_the_south(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            task = tasks.add_task(
                session, title="Ask for the tariff", subject="product",
                subject_id=houses.desk.product_id,
            ).id  # fmt: skip
        with houses.at(SOUTH) as session:
            tasks.finish(session, task, now=NOW)
            done = text("SELECT 1 FROM audit_entry WHERE action = 'task.done'")
            assert session.execute(done).all()
        with houses.at(NORTH) as session:
            assert get_task(session, actor_of(session), task).done_by == SOUTH

    def test_a_question_about_a_product_is_answered_in_the_south(self, houses: Houses) -> None:
        with houses.at(NORTH) as session:
            thread = threads.open_thread(
                session, author=NORTH, title="New tariff", body="When?", now=NOW,
                subject="product", subject_id=houses.desk.product_id, firm_id=houses.desk.firm_id,
            ).id  # fmt: skip
        with houses.at(SOUTH) as session:
            threads.answer(
                session, thread, author=SOUTH, body="In May.", now=NOW, root=houses.desk.root,
                uploads=[Upload("tariff.pdf", b"%PDF-1.7 tariff")],
            )  # fmt: skip
            threads.close(session, thread)
        with houses.at(NORTH) as session:
            found = session.execute(text("SELECT 1 FROM document WHERE file_name = 'tariff.pdf'"))
            assert found.all()


class TestWhatIsFromBefore:
    """What is about nothing and names no organisation is the default one's."""

    @pytest.fixture
    def before(self, houses: Houses) -> dict[str, int]:
        """Written before there were organisations: it names none, whoever wrote it."""
        made = {}
        with houses.desk.at(Door.WORKER) as session:
            for name, assignee in (("open", None), ("hers", SOUTH)):
                number = houses.people[assignee] if assignee else None
                task = tasks.add_task(session, title=f"Free text, {name}", assignee_id=None)
                task.assignee_id = number
                made[name] = task.id
            made["thread"] = threads.open_thread(
                session, author="Job", title="Free text, thread", body="Free text, said", now=NOW,
                firm_id=houses.desk.firm_id,
            ).id  # fmt: skip
            told = text("SELECT organisation_id FROM task WHERE id = :id")
            assert session.execute(told, {"id": made["open"]}).scalar_one() is None
        return made

    def test_it_is_read_in_the_default_organisation_alone(
        self, houses: Houses, before: dict[str, int]
    ) -> None:
        for email, seen in ((NORTH, True), (SOUTH, False), (NOWHERE, False)):
            with houses.at(email) as session:
                for table, number in (("task", before["open"]), ("thread", before["thread"])):
                    found = session.execute(
                        text(f"SELECT 1 FROM {table} WHERE id = :id"), {"id": number}
                    ).all()
                    assert bool(found) is seen, (email, table)
                said = text("SELECT 1 FROM message WHERE thread_id = :id")
                assert bool(session.execute(said, {"id": before["thread"]}).all()) is seen, email

    def test_a_task_is_seen_and_done_by_whom_it_was_given(
        self, houses: Houses, before: dict[str, int]
    ) -> None:
        with houses.at(BOTH) as session:
            assert get_task(session, actor_of(session), before["hers"]).title.endswith("hers")
        with houses.at(SOUTH) as session:
            tasks.finish(session, before["hers"], now=NOW)
            tasks.undo(session, before["hers"])
            done = text("SELECT 1 FROM audit_entry WHERE subject = 'task' AND subject_id = :id")
            assert session.execute(done, {"id": before["hers"]}).all()
        with houses.at(NOWHERE) as session, pytest.raises(NoSuchRecord):
            get_task(session, actor_of(session), before["hers"])

    def test_who_gives_it_on_takes_it_into_his_organisation(
        self, houses: Houses, before: dict[str, int]
    ) -> None:
        with houses.at(SOUTH) as session:
            tasks.assign(session, before["hers"], houses.people[BOTH])
        with houses.at(SOUTH) as session:
            task = get_task(session, actor_of(session), before["hers"])
            assert task.organisation_id == houses.organisations["South"]
        with houses.at(NORTH) as session, pytest.raises(NoSuchRecord):
            get_task(session, actor_of(session), before["hers"])
        with houses.at(NORTH) as session:
            tasks.assign(session, before["open"], houses.people[NORTH])

    def test_new_ones_are_their_writers(self, houses: Houses) -> None:
        with houses.at(SOUTH) as session:
            task = tasks.add_task(session, title="South's own").id
        with houses.at(NORTH) as session, pytest.raises(NoSuchRecord):
            get_task(session, actor_of(session), task)

    def test_what_a_broker_writes_about_nothing_is_of_his_firms_only_unit(
        self, houses: Houses
    ) -> None:
        desk = houses.desk

        def write() -> int:
            with desk.at(Door.EXTRANET) as session:
                return threads.open_thread(
                    session, author="Broker", title="A question", body="Free text", now=NOW
                ).id

        def seen(number: int) -> list[str]:
            found = []
            for email in (NORTH, SOUTH):
                with houses.at(email) as session:
                    asked = text("SELECT 1 FROM thread WHERE id = :id")
                    found += [email] * len(session.execute(asked, {"id": number}).all())
            return found

        assert seen(write()) == [NORTH]
        with desk.at(Door.WORKER) as session:
            code = session.execute(
                text("SELECT code FROM company WHERE id = :id"), {"id": desk.firm_id}
            ).scalar_one()
        with houses.at(NORTH) as session:
            limit = access.limit(session, code, Unit.DIVISION, houses.divisions["South"])
        number = write()
        with houses.at(NORTH) as session:
            access.end(session, limit)
        assert seen(number) == [SOUTH]


class TestFolders:
    """What hangs on a message lies where the division of its case has its documents."""

    @pytest.fixture
    def fleet(self, houses: Houses) -> Iterator[str]:
        kept = text("UPDATE division SET document_store = :store WHERE id = :id")
        here = {"id": houses.divisions["South"]}
        with houses.desk.at(Door.WORKER) as session:
            session.execute(kept, {**here, "store": "fleet"})
        yield "fleet"
        with houses.desk.at(Door.WORKER) as session:
            session.execute(kept, {**here, "store": None})

    @pytest.mark.parametrize("kind", ["contract", "customer", "application"])
    def test_of_a_thread_about_a_case(self, houses: Houses, fleet: str, kind: str) -> None:
        desk, upload = houses.desk, Upload(f"{kind}.pdf", b"%PDF-1.7 " + kind.encode())
        with houses.at(SOUTH) as session:
            thread = threads.open_thread(
                session, author=SOUTH, title="A paper", body="Here.", now=NOW, subject=kind,
                subject_id=houses.made["South"][kind], firm_id=desk.firm_id, uploads=[upload],
                root=desk.root,
            ).id  # fmt: skip
        with desk.at(Door.EXTRANET) as session:
            threads.answer(
                session, thread, author="Broker", body="Thanks.", now=NOW, root=desk.root,
                uploads=[Upload(f"{kind}-signed.pdf", b"%PDF-1.7 signed " + kind.encode())],
            )  # fmt: skip
        with houses.at(SOUTH) as session:
            files = session.execute(
                text("SELECT d.id, d.folder, d.sha256 FROM document d JOIN message m"
                     " ON m.id = d.subject_id WHERE d.subject = 'message' AND m.thread_id = :id"),
                {"id": thread},
            ).all()  # fmt: skip
            assert [file.folder for file in files] == [fleet, fleet]
            for file in files:
                assert list(desk.root.glob(f"*/*/{fleet}/{file.sha256}"))
                opened = open_document(session, desk.root, file.id)
                assert opened.content.startswith(b"%PDF-1.7")

    def test_else_where_all_are(self, houses: Houses, fleet: str) -> None:
        with houses.at(SOUTH) as session:
            threads.open_thread(
                session, author=SOUTH, title="About nothing", body="Here.", now=NOW,
                firm_id=houses.desk.firm_id, root=houses.desk.root,
                uploads=[Upload("nothing.pdf", b"%PDF-1.7 nothing")],
            )  # fmt: skip
            folder = text("SELECT folder FROM document WHERE file_name = 'nothing.pdf'")
            assert session.execute(folder).scalar_one() is None
            assert fleet
