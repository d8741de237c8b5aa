"""Who may be the same person is asked of everybody of a name, however many there are."""

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import text

from pool_module.crm.errors import TakenElsewhere
from pool_module.crm.operations.customers import Person, add_customer
from pool_module.crm.queries import clearance
from pool_module.crm.rules.alike import Described
from shared.db import actor_of
from shared.vocabulary import Door
from tests.database.admin_module.two_houses import NORTH, SOUTH, Houses, open_houses
from tests.database.pool_module.casework import POOL
from tests.servers import Database

MANY, CROWD, OF_ONE_NAME = 60, 20_000, 2_000
FIRST = date(1950, 1, 1)
# as an import brings them: the words come by the tables' own triggers
BROUGHT = """
    INSERT INTO customer (pool_id, last_name, first_name, birth_date, sort_key, organisation_id)
    SELECT :pool, CASE WHEN n <= :same THEN 'Schmidtke' ELSE 'Kunde' || chr(97 + n % 26)
            || chr(97 + n / 26 % 26) || chr(97 + n / 676 % 26) END,
        'Vor' || chr(97 + n % 20), date '1950-01-01' + n % 9000, lpad(n::text, 8, '0'), :south
    FROM generate_series(1, :crowd) n"""
PLAN = "EXPLAIN (FORMAT TEXT, COSTS OFF) EXECUTE twins(ARRAY['shmidtke','vora'], '1950-01-02')"


@pytest.fixture(scope="class")
def houses(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    made = open_houses(own_database, tmp_path_factory.mktemp("files"))
    yield made
    made.desk.close()


def born_on(houses: Houses, last: str, first: str, born: date | None) -> list[str]:
    with houses.at(NORTH) as session:
        return clearance.twins(session, actor_of(session), Described(last, first, birth_date=born))


class TestTwins:
    def test_a_twin_behind_fifty_of_his_name_is_found(self, houses: Houses) -> None:
        with houses.at(SOUTH) as session:
            for n in range(MANY):
                add_customer(session, Person("Maier", "Anna", birth_date=FIRST + timedelta(days=n)))
        last = FIRST + timedelta(days=MANY - 1)
        assert born_on(houses, "Maier", "Anna", last) == ["Maier, Anna"]
        assert born_on(houses, "Maier", "Anna", FIRST) == ["Maier, Anna"]
        assert born_on(houses, "Maier", "Anna", FIRST - timedelta(days=1)) == []
        assert born_on(houses, "Maier", "Berta", last) == []
        # a beginning is another name
        assert born_on(houses, "Mai", "Anna", last) == []
        with houses.at(NORTH) as session, pytest.raises(TakenElsewhere):
            add_customer(session, Person("Maier", "Anna", birth_date=last))
        # of who is born nobody knows when, each can be the one
        assert len(born_on(houses, "Maier", "Anna", None)) == MANY

    def test_a_longer_name_is_no_other_person(self, houses: Houses) -> None:
        born = date(1975, 4, 3)
        with houses.at(SOUTH) as session:
            add_customer(session, Person("von Zimmerlein", "Ada", birth_date=born))
        for last, first in (
            ("Zimmerlein", "Ada Maria"), ("Zimmerlein", "A."), ("Dr. Zimmerlein", "Ada"),
            ("Zimmerlein-Voss", "Ada"), ("Ada", "Zimmerlein"), ("ZIMMERLEIN", ""),
        ):  # fmt: skip
            assert born_on(houses, last, first, born) == ["von Zimmerlein, Ada"], (last, first)
            with houses.at(NORTH) as session, pytest.raises(TakenElsewhere):
                add_customer(session, Person(last, first, birth_date=born))
        assert born_on(houses, "Zimmerlein", "Ada Maria", None) == ["von Zimmerlein, Ada"]
        # somebody else: another first name or day, a word that many have, an initial and no more
        assert born_on(houses, "Zimmerlein", "Berta", born) == []
        assert born_on(houses, "Zimmerlein", "Ada Maria", FIRST) == []
        assert born_on(houses, "von Stein", "Ada", born) == []
        assert born_on(houses, "von Stein", "Ada", None) == []
        assert born_on(houses, "Zimmerlein-Voss", "A.", None) == []

    def test_among_many_customers_it_goes_by_the_index(
        self, houses: Houses, own_database: Database
    ) -> None:
        values = {"pool": POOL, "same": OF_ONE_NAME, "crowd": CROWD,
                  "south": houses.organisations["South"]}  # fmt: skip
        with houses.desk.at(Door.WORKER, "worker") as session:
            session.execute(text(BROUGHT), values)
        with psycopg.connect(own_database.owner_url, autocommit=True) as owner:
            owner.execute("ANALYZE customer, search_word")
            for name, value in (
                ("pool_id", POOL),
                ("organisations", houses.organisations["North"]),
            ):
                owner.execute("SELECT set_config(%s, %s, false)", [f"app.{name}", str(value)])
            owner.execute("SET plan_cache_mode = force_generic_plan")
            body = owner.execute(
                "SELECT prosrc FROM pg_proc WHERE proname = 'clearance_twins'"
            ).fetchone()
            assert body
            asked = body[0].replace("names", "$1").replace("born", "$2")
            owner.execute(f"PREPARE twins(text[], date) AS {asked}")
            plan = "\n".join(row[0] for row in owner.execute(PLAN))
        assert "ix_search_word_word" in plan, plan
        assert "Seq Scan on customer" not in plan, plan
        assert "Seq Scan on search_word" not in plan, plan
        assert "Seq Scan on contract" not in plan, plan
        born = FIRST + timedelta(days=OF_ONE_NAME)
        assert born_on(houses, "Schmidtke", "Vora", born) == ["Schmidtke, Vora"]
