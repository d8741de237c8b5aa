"""``brokerpool create-admin``: the first person of a pool can come in."""

from collections.abc import Callable

import psycopg
import pytest
from click.testing import CliRunner, Result

from brokerpool.cli import main
from portal_intranet import create_app
from shared.vocabulary import Door
from tests.servers import Database
from tests.web.portals import Browser, config_of, dispose

Run = Callable[..., Result]
CHOSEN = "drei Lampen summen leise"
NEW = ("anna@pool.example", "--name", "Anna Adler", "--pool", "nord", "--pool-name", "Nordlicht")


@pytest.fixture
def run(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command."""
    monkeypatch.setenv("DATABASE_URL", own_database.owner_url)
    monkeypatch.setenv("DATABASE_URL_WORKER", own_database.door_url(Door.WORKER))
    monkeypatch.setenv("BASE_URL_INTRANET", "https://pool.example")
    return lambda *words: CliRunner().invoke(main, ["create-admin", *words])


def test_a_new_house_has_no_login(own_database: Database) -> None:
    with psycopg.connect(own_database.owner_url) as owner:
        counted = owner.execute(
            "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM membership),"
            " (SELECT count(*) FROM one_time_link)"
        ).fetchone()
    assert counted == (0, 0, 0)


class TestCreateAdmin:
    def test_makes_pool_person_and_link(self, run: Run, own_database: Database) -> None:
        result = run(*NEW)
        assert result.exit_code == 0
        said, _, link = result.output.strip().partition(" https://pool.example")
        assert said == "anna@pool.example administers the pool nord. Within 72 hours, once:"
        app = create_app(config_of(own_database, Door.INTRANET))
        browser = Browser(app.test_client(), Door.INTRANET)
        page = browser.get(link)
        assert "Anna Adler" in page.text
        assert "Nordlicht" in page.text
        answer = browser.post(link, link, password=CHOSEN, again=CHOSEN)
        assert answer.location == "/login/enrol"
        dispose(app)

    def test_a_second_person_joins_the_same_pool(self, run: Run, own_database: Database) -> None:
        assert run("bert@pool.example", "--name", "Bert", "--pool", "nord").exit_code == 0
        with psycopg.connect(own_database.owner_url) as owner:
            counted = owner.execute(
                "SELECT (SELECT count(*) FROM pool), (SELECT count(*) FROM company),"
                " (SELECT count(*) FROM membership), (SELECT count(*) FROM mail)"
            ).fetchone()
        assert counted == (1, 1, 2, 0)

    def test_who_did_not_come_gets_another_link(self, run: Run) -> None:
        again = run("bert@pool.example", "--name", "Bert", "--pool", "nord")
        assert again.exit_code == 0
        assert "/door/invitation/" in again.output

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (NEW, "anna@pool.example has a login already."),
            (("c@pool.example", "--name", "C", "--pool", "west"), "give --pool-name"),
            (("nobody", *NEW[1:]), "nobody is not an e-mail address."),
        ],
        ids=["again", "unknown pool", "no address"],
    )
    def test_says_in_one_line_what_it_refuses(
        self, run: Run, words: tuple[str, ...], why: str
    ) -> None:
        result = run(*words)
        assert result.exit_code == 2
        assert why in result.output
        assert result.output.count("\n") == 1
