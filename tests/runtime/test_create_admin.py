"""``brokerpool create-admin``: the first person of a pool can sign in."""

from collections.abc import Callable

import psycopg
import pytest
from click.testing import CliRunner, Result

from brokerpool.cli import main
from portal_intranet import create_app
from shared.vocabulary import Door
from tests.servers import Database
from tests.web.portals import PASSWORD, Browser, config_of, dispose

Run = Callable[..., Result]
NEW = ("anna@pool.example", "--name", "Anna Adler", "--pool", "nord", "--pool-name", "Nordlicht")


@pytest.fixture
def run(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with the password on standard input."""
    monkeypatch.setenv("DATABASE_URL", own_database.owner_url)
    monkeypatch.setenv("DATABASE_URL_WORKER", own_database.door_url(Door.WORKER))

    def command(*words: str, password: str = PASSWORD) -> Result:
        given = ["create-admin", *words, "--password-stdin"]
        return CliRunner().invoke(main, given, input=f"{password}\n")

    return command


class TestCreateAdmin:
    def test_makes_pool_and_person(self, run: Run, own_database: Database) -> None:
        result = run(*NEW)
        assert (result.exit_code, result.output) == (
            0,
            "anna@pool.example administers the pool nord.\n",
        )
        app = create_app(config_of(own_database, Door.INTRANET))
        browser = Browser(app.test_client(), Door.INTRANET)
        assert browser.sign_in("anna@pool.example").status_code == 303
        assert "Nordlicht" in browser.get("/").text
        dispose(app)

    def test_a_second_person_joins_the_same_pool(self, run: Run, own_database: Database) -> None:
        assert run("bert@pool.example", "--name", "Bert", "--pool", "nord").exit_code == 0
        with psycopg.connect(own_database.owner_url) as owner:
            counted = owner.execute(
                "SELECT (SELECT count(*) FROM pool), (SELECT count(*) FROM company),"
                " (SELECT count(*) FROM membership)"
            ).fetchone()
        assert counted == (1, 1, 2)

    @pytest.mark.parametrize(
        ("words", "password", "why"),
        [
            (NEW, PASSWORD, "anna@pool.example has a login already."),
            (("c@pool.example", *NEW[1:]), "eleven char", "A password has 12 to 128 characters"),
            (("c@pool.example", *NEW[1:]), "x" * 129, "A password has 12 to 128 characters"),
            (("c@pool.example", "--name", "C", "--pool", "west"), PASSWORD, "give --pool-name"),
            (("nobody", *NEW[1:]), PASSWORD, "nobody is not an e-mail address."),
        ],
        ids=["again", "short", "long", "unknown pool", "no address"],
    )
    def test_says_in_one_line_what_it_refuses(
        self, run: Run, words: tuple[str, ...], password: str, why: str
    ) -> None:
        result = run(*words, password=password)
        assert result.exit_code == 2
        assert why in result.output
        assert result.output.count("\n") == 1
