"""Broker firms and insurers limited to divisions or organisations, with the layer or without."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from admin_module.organisations.errors import LayerOff, NoSuchLimit, OneOf
from admin_module.organisations.operations import access, enabling, keeping, members
from admin_module.organisations.operations.keeping import UnitValues
from admin_module.organisations.queries.access import limits
from pool_module.agreements.operations import add_agreement
from pool_module.agreements.queries.incoming import agreement_list
from pool_module.applications import operations as applications
from pool_module.applications import queries as application_queries
from pool_module.applications.errors import Limited
from pool_module.applications.operations import Wanted
from pool_module.contracts.operations import keeping as contracts
from pool_module.contracts.operations.keeping import Data, Part
from pool_module.contracts.queries.records import find_seller, sellers
from pool_module.hierarchy.queries.lists import producer_list
from pool_module.incoming.queries.deliveries import delivery_list, delivery_months
from pool_module.incoming.queries.uploads import insurers
from pool_module.overview.queries.search import search
from pool_module.overview.rules.asking import asked
from pool_module.products.errors import NoSuchInsurer
from pool_module.products.queries.insurers import get_insurer, insurer_list, insurer_names
from pool_module.products.queries.range import product_list
from pool_module.products.queries.selling import products_for_firm
from shared.actor import Actor
from shared.db import Session, actor_of, open_session
from shared.db.facts import stretch
from shared.db.listing import Asked as Rows
from shared.db.listing import page
from shared.models.incoming import Delivery
from shared.models.products import Agreement
from shared.vocabulary import Door, Unit
from tests.database.admin_module.two_houses import (
    BOTH,
    CHIEF,
    NORTH,
    NOWHERE,
    SOUTH,
    Houses,
    staff_of,
)  # fmt: skip
from tests.database.pool_module.casework import POOL, open_desk
from tests.factories.days import NOW, TODAY
from tests.servers import Database, PostgresServer

LAYER = (False, True)


class Rooms:
    """Two divisions: Petra (SOUTH) works in Fleet, Ben (BOTH) in Retail, Dora in none."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        self.on = self.agreed = False

    def at(self, email: str) -> Session:
        houses, desk = self.houses, self.houses.desk
        place = {SOUTH: "South", BOTH: "North"}.get(email)
        actor = Actor(
            Door.INTRANET, POOL, houses.people[email], email,
            organisation_ids=frozenset({0}), team_id=houses.teams[place] if place else None,
        )  # fmt: skip
        if not self.on:  # as a session has it where there are no organisations
            actor = replace(actor, organisation_ids=frozenset(), team_id=None)
        return open_session(desk.engines[Door.INTRANET], actor)

    def broker(self, firm_id: int) -> Session:
        actor = Actor(Door.EXTRANET, POOL, None, "broker", frozenset({firm_id}))
        return open_session(self.houses.desk.engines[Door.EXTRANET], actor)


@pytest.fixture(scope="module", params=LAYER, ids=["without the layer", "with it"])
def rooms(
    request: pytest.FixtureRequest,
    postgres: PostgresServer,
    template: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Rooms]:
    """Fleet alone has firm B; what is limited is limited to Fleet."""
    name = f"test_limits_{request.param}".lower()
    desk = open_desk(postgres.cloned(template, name), tmp_path_factory.mktemp("files"))
    made = Rooms(Houses(desk))
    staff_of(desk, made.houses)
    with desk.at(Door.INTRANET, NORTH) as session:
        for unit, name, people in (("North", "Retail", (BOTH,)), ("South", "Fleet", (SOUTH,))):
            values = UnitValues(name=name)
            division = keeping.add(session, Unit.DIVISION, values, parent_id=None)
            team = keeping.add(session, Unit.TEAM, values, parent_id=division.id)
            made.houses.divisions[unit], made.houses.teams[unit] = division.id, team.id
            for person in people:
                number = made.houses.members[person]
                members.set_teams(session, number, [team.id], default_id=None)
    if request.param:
        with desk.at(Door.INTRANET, NORTH) as session:
            enabling.enable(session, "Nordlicht GmbH")
        made.on = True
    yield made
    desk.close()
    postgres.drop(name)


class TestLimited:
    @pytest.fixture(autouse=True)
    def _limit(self, rooms: Rooms) -> Iterator[None]:
        fleet = rooms.houses.divisions["South"]
        with rooms.houses.desk.at(Door.INTRANET, NORTH) as session:
            made = [access.limit(session, name, Unit.DIVISION, fleet) for name in ("FIRM-B", "AL")]
            assert made == [
                access.limit(session, name, Unit.DIVISION, fleet) for name in ("FIRM-B", "AL")
            ]
            assert len(limits(session, actor_of(session))) == 2
        yield
        with rooms.houses.desk.at(Door.INTRANET, NORTH) as session:
            for number in made:
                access.end(session, number)
            with pytest.raises(NoSuchLimit):
                access.end(session, made[0])

    def test_who_is_outside_finds_neither_in_any_list(self, rooms: Rooms) -> None:
        desk = rooms.houses.desk
        for email, inside in ((SOUTH, True), (BOTH, False)):
            with rooms.at(email) as session:
                actor = actor_of(session)
                producers = {
                    row.id for row in page(
                        session, producer_list(session, TODAY, "en"), Rows("name")).rows
                }  # fmt: skip
                assert (desk.second_id in producers) is inside
                assert desk.producer_id in producers
                insurers = page(session, insurer_list(session, actor), Rows("name")).rows
                products = page(session, product_list(session, actor, "en"), Rows("name")).rows
                found = search(
                    session, asked("firmb"), kinds=("producer", "insurer", "product"), today=TODAY
                )
                for seen in (
                    insurers, products, insurer_names(session, actor),
                    application_queries.sellable(session, actor, None, TODAY),
                    [s for s in sellers(session, actor) if s.code == "B"],
                    [f for f in application_queries.firms(session, actor)
                     if f.id == desk.neighbour_id],
                    [h for h in found.get("producer", ()) if h.id == desk.second_id],
                ):  # fmt: skip
                    assert bool(seen) is inside

    def test_nor_what_came_from_it_and_what_is_agreed(self, rooms: Rooms) -> None:
        with rooms.houses.desk.at(Door.WORKER) as session:
            number = session.execute(text("SELECT id FROM insurer")).scalar_one()
            session.add(
                Delivery(
                    pool_id=POOL, insurer_id=number, format="csv", file_name="a.csv",
                    sha256="0" * 64, state="imported", recorded_at=NOW,
                )
            )  # fmt: skip
            if not rooms.agreed:
                agreed = Agreement(kind="recurring", insurer_id=number, valid=stretch(None, None))
                add_agreement(session, actor_of(session), agreed)
                rooms.agreed = True
        for email, inside in ((SOUTH, True), (BOTH, False)):
            with rooms.at(email) as session:
                actor = actor_of(session)
                came = page(session, delivery_list(session), Rows("day")).rows
                agreements = agreement_list(session, actor, TODAY, "en")
                for seen in (
                    came, page(session, agreements, Rows("kind")).rows,
                    delivery_months(session, actor, TODAY).insurers, insurers(session, actor),
                ):  # fmt: skip
                    assert bool(seen) is inside

    def test_nor_by_its_code(self, rooms: Rooms) -> None:
        desk = rooms.houses.desk
        with rooms.at(BOTH) as session:
            actor = actor_of(session)
            assert find_seller(session, actor, "B") is None
            number = session.execute(text("SELECT id FROM insurer")).scalar_one()
            with pytest.raises(NoSuchInsurer):
                get_insurer(session, actor, number)
            with pytest.raises(Limited):
                applications.save_draft(session, Wanted(desk.product_id))
            with pytest.raises(Limited):
                contracts.add(
                    session, Data("X-1"), product_id=desk.product_id,
                    parts=[Part(desk.producer_id, Decimal(1))], today=TODAY,
                )  # fmt: skip
        with rooms.at(SOUTH) as session:
            draft = applications.save_draft(
                session, Wanted(desk.product_id, producer_id=desk.second_id),
                firm_id=desk.neighbour_id,
            )  # fmt: skip
            session.refresh(draft)
            assert draft.division_id == (rooms.houses.divisions["South"])

    def test_nor_past_the_program(self, rooms: Rooms) -> None:
        desk = rooms.houses.desk
        insert = text(
            "INSERT INTO application (pool_id, case_number, insurer_id, product_id, firm_id) "
            "SELECT pool_id, 'V-RAW', insurer_id, id, :firm FROM product LIMIT 1"
        )
        with (
            rooms.at(BOTH) as session,
            pytest.raises(DBAPIError, match="row-level security"),
        ):
            session.execute(insert, {"firm": None})
        with rooms.at(SOUTH) as session:
            session.execute(insert, {"firm": desk.neighbour_id})

    def test_a_broker_sells_it_where_his_firm_is_of_the_division(self, rooms: Rooms) -> None:
        desk = rooms.houses.desk
        for firm, sells in ((desk.neighbour_id, True), (desk.firm_id, False)):
            with rooms.broker(firm) as session:
                found = products_for_firm(session, actor_of(session), firm, TODAY)
                assert bool(found) is sells
        # and what he hands in is of its unit
        with rooms.broker(desk.neighbour_id) as session:
            made = applications.save_draft(session, Wanted(desk.product_id))
            session.refresh(made)
            assert made.division_id == rooms.houses.divisions["South"]
            assert made.team_id is None

    def test_who_is_in_no_team_is_free_while_there_is_no_layer(self, rooms: Rooms) -> None:
        with rooms.at(NOWHERE) as session:
            found = insurer_names(session, actor_of(session))
            assert bool(found) is not rooms.on

    def test_jobs_are_not_limited(self, rooms: Rooms) -> None:
        with rooms.houses.desk.at(Door.WORKER) as session:
            assert insurer_names(session, actor_of(session))


class TestSaying:
    def test_somebody_has_to_be_meant(self, rooms: Rooms) -> None:
        fleet = rooms.houses.divisions["South"]
        with rooms.houses.desk.at(Door.INTRANET, NORTH) as session:
            with pytest.raises(OneOf):
                access.limit(session, "Nobody", Unit.DIVISION, fleet)
            if not rooms.on:
                with pytest.raises(LayerOff):
                    access.limit(session, "AL", Unit.ORGANISATION, 1)

    def test_a_whole_organisation(self, rooms: Rooms) -> None:
        if not rooms.on:
            return
        with rooms.houses.desk.at(Door.INTRANET, NORTH) as session:
            whole = session.execute(text("SELECT id FROM organisation")).scalar_one()
            number = access.limit(session, "AL", Unit.ORGANISATION, whole)
        with rooms.at(BOTH) as session:
            assert insurer_names(session, actor_of(session))
        with rooms.at(CHIEF) as session:  # works in no team here
            assert not insurer_names(session, actor_of(session))
        with rooms.houses.desk.at(Door.INTRANET, NORTH) as session:
            access.end(session, number)
