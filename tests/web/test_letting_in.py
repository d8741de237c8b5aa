"""A login that works elsewhere is invited: the pool lets the person in or not, and all are told."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from admin_module.accounts import operations as logins
from admin_module.accounts.errors import NobodyWaits, NoSuchPerson, ShutByPool
from shared.vocabulary import Door
from tests.servers import Database, PostgresServer
from tests.web.firms import ADMIN, BROKER, CLERK, HELPER, OTHER, Firms, open_firms
from tests.web.portals import Browser

KONTOR = "Kontor GmbH"


@pytest.fixture(scope="module")
def house(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firms]:
    database = postgres.cloned(template, "test_letting_in")
    with open_firms(database, tmp_path_factory.mktemp("files")) as opened:
        yield opened
    postgres.drop("test_letting_in")


def ask(house: Firms, query: str, **values: object) -> list[object]:
    with house.desk.at(Door.WORKER) as session:
        return list(session.execute(text(query), values).scalars())


def mails(house: Firms) -> list[tuple[str, str, dict[str, str]]]:
    with psycopg.connect(house.database.owner_url) as owner:
        found = owner.execute("SELECT recipient, kind, told FROM mail ORDER BY id").fetchall()
    return [(row[0], row[1], row[2]) for row in found]


def done(house: Firms, member: int) -> list[object]:
    """What the journal says of a membership."""
    return ask(
        house,
        "SELECT action FROM audit_entry WHERE subject = 'membership' AND subject_id = :m"
        " ORDER BY id",
        m=member,
    )


def invite(house: Firms, who: str, whom: str, name: str) -> int:
    """A firm invites somebody; the membership's number, as the pool is told it."""
    browser = house.browser(who)
    fields = {"email": whom, "name": name, "language": "de", "role": "assistant"}
    assert browser.post("/people/new", "/people/new", fields=fields).status_code == 303
    found = ask(house, "SELECT max(id) FROM people_known() WHERE email = :mail", mail=whom)
    assert isinstance(found[0], int)
    return found[0]


def shown(browser: Browser, member: int) -> tuple[str, str]:
    """How somebody is called and stands on his page."""
    page = browser.get(f"/people/{member}").text
    found = re.search(r"<h1[^>]*>([^<]+)</h1>(?:<[^>]*>|\s)*([^<]+)<", page)
    assert found
    return found[1].strip(), found[2].strip()


def test_let_in_he_is_told_and_works_for_both(house: Firms) -> None:
    member = invite(house, BROKER, OTHER, "Boris Typed")
    firm, staff = house.browser(BROKER), house.browser(ADMIN)
    assert shown(firm, member) == ("Boris Typed", "Invited")
    assert shown(staff, member) == ("Boris", "To be let in")
    assert mails(house) == []
    assert 'action="/own/firm"' not in house.browser(OTHER).get("/").text
    assert f"/people/{member}" in staff.get("/people?state=waiting").text
    page = staff.get(f"/people/{member}").text
    assert "Do not let in" in page
    assert "Second factor lost" not in page
    answer = staff.post(f"/people/{member}/on", f"/people/{member}")
    assert answer.location.endswith(f"/people/{member}")
    assert "Let in: the person and the firm are told." in staff.get(f"/people/{member}").text
    # the person: by mail, how he gets there; in the bell of where he works
    assert mails(house) == [
        (OTHER, "also", {"company": KONTOR, "pool": mails(house)[0][2]["pool"]})
    ]
    person = house.browser(OTHER)
    told = f"You may also work for {KONTOR}: choose it at the top of the page."
    assert told in person.get("/bell").text
    assert told not in firm.get("/bell").text
    # the firm: he is no longer invited, and by his own name
    assert "has let Boris Typed in" in firm.get("/bell").text
    assert "has let Boris Typed in" not in house.browser(HELPER).get("/bell").text
    assert shown(firm, member) == ("Boris", "Active")
    assert done(house, member) == ["membership.invited", "membership.let_in"]
    assert "let in" in staff.get(f"/journal?subject=membership&subject_id={member}").text
    # and he goes over as what he was invited as
    assert person.post("/own/firm", "/", firm=str(member)).status_code == 303
    assert f"You work for {KONTOR} now." in person.get("/").text
    assert person.get("/firm").status_code == 403
    assert person.post("/own/firm", "/", firm=str(house.members[OTHER])).status_code == 303
    assert person.get("/firm").status_code == 200
    # once is enough
    again = staff.post(f"/people/{member}/refuse", f"/people/{member}")
    assert again.status_code == 303
    assert "decided already" in staff.get(f"/people/{member}").text
    assert shown(firm, member) == ("Boris", "Active")


def test_refused_the_firm_is_told_and_opens_nothing_itself(house: Firms) -> None:
    member = invite(house, OTHER, HELPER, "Lina Typed")
    before = len(mails(house))
    firm, staff = house.browser(OTHER), house.browser(ADMIN)
    staff.post(f"/people/{member}/refuse", f"/people/{member}")
    assert "Not let in: the firm is told." in staff.get(f"/people/{member}").text
    assert "has not let Lina Typed in" in firm.get("/bell").text
    assert shown(firm, member) == ("Lina Typed", "Not let in")
    assert shown(staff, member) == ("Lina", "Not let in")
    assert done(house, member) == ["membership.invited", "membership.refused"]
    assert len(mails(house)) == before
    # neither letting in again nor inviting again opens the door; inviting asks once more
    firm.post(f"/people/{member}/on", f"/people/{member}")
    page = firm.get(f"/people/{member}").text
    assert "The pool has not let this person in" in page
    assert "Let in again" not in page
    asked = "SELECT count(*) FROM notification WHERE link = :link AND permission = 'accounts_edit'"
    assert ask(house, asked, link=f"/people/{member}") == [1]
    for _ in range(2):
        firm.post(f"/people/{member}/invite", f"/people/{member}")
        assert ask(house, asked, link=f"/people/{member}") == [2]
    assert shown(firm, member) == ("Lina Typed", "Invited")
    assert shown(staff, member) == ("Lina", "To be let in")
    assert 'action="/own/firm"' not in house.browser(HELPER).get("/").text
    assert len(mails(house)) == before


def test_a_firm_takes_its_asking_back(house: Firms) -> None:
    member = invite(house, OTHER, BROKER, "Olena Typed")
    firm, staff = house.browser(OTHER), house.browser(ADMIN)
    firm.post(f"/people/{member}/off", f"/people/{member}")
    taken_back = "Withdrawn by the firm"
    assert shown(firm, member) == ("Olena Typed", taken_back)
    assert shown(staff, member)[1] == taken_back
    # nobody waits any more: neither a button nor a page from before lets the person in
    page = staff.get(f"/people/{member}").text
    for offered in ("/on", "/off", "/refuse", "/factors", "/invite"):
        assert f'action="/people/{member}{offered}"' not in page
    for what in ("on", "off", "refuse"):
        staff.post(f"/people/{member}/{what}", f"/people/{member}")
        assert "decided already" in staff.get(f"/people/{member}").text
        assert shown(staff, member)[1] == taken_back
    assert done(house, member) == ["membership.invited", "membership.withdrawn"]
    assert "withdrawn" in staff.get(f"/journal?subject=membership&subject_id={member}").text
    assert f"/people/{member}" in staff.get("/people?state=withdrawn").text
    with house.desk.at(Door.INTRANET, ADMIN) as session, pytest.raises(NobodyWaits):
        logins.reactivate(session, member)
    # it asks once more, by its page or by one from before
    page = firm.get(f"/people/{member}").text
    assert "Let in again" not in page
    assert f'action="/people/{member}/invite"' in page
    firm.post(f"/people/{member}/on", f"/people/{member}")
    assert done(house, member)[-1] == "membership.asked"
    assert shown(firm, member) == ("Olena Typed", "Invited")
    assert shown(staff, member)[1] == "To be let in"
    assert 'action="/own/firm"' not in house.browser(BROKER).get("/people").text


def test_who_may_not_keep_people_lets_nobody_in(house: Firms) -> None:
    member = invite(house, OTHER, BROKER, "Olena Typed")
    clerk = house.browser(CLERK)
    for what in ("on", "refuse"):
        assert clerk.post(f"/people/{member}/{what}", "/").status_code == 403
    mine = house.members[BROKER]
    staff = house.browser(ADMIN)
    assert staff.post(f"/people/{mine}/refuse", f"/people/{mine}").status_code == 303
    assert shown(staff, mine)[1] != "Not let in"  # he waits for nothing


def test_who_has_come_in_nowhere_yet_gets_his_invitation(house: Firms) -> None:
    newcomer = "neu@elsewhere.example"
    invite(house, BROKER, newcomer, "Nina Neu")
    assert mails(house)[-1][:2] == (newcomer, "invitation")
    member = invite(house, OTHER, newcomer, "Nina Typed")
    house.browser(ADMIN).post(f"/people/{member}/on", f"/people/{member}")
    assert [kind for mailbox, kind, _ in mails(house) if mailbox == newcomer] == ["invitation"] * 2


def test_a_login_that_waits_is_not_this_pools_to_reset(house: Firms) -> None:
    member = invite(house, OTHER, BROKER, "Olena Typed")
    with house.desk.at(Door.INTRANET, ADMIN) as session, pytest.raises(NoSuchPerson):
        logins.reset_factors(session, member)


def test_whom_the_pool_switched_off_his_firm_cannot_let_in(house: Firms) -> None:
    member = house.members[HELPER]
    firm, staff = house.browser(BROKER), house.browser(ADMIN)
    assert house.browser(HELPER).get("/").status_code == 200
    staff.post(f"/people/{member}/off", f"/people/{member}")
    assert done(house, member)[-1] == "membership.shut"
    assert (
        "shut out by the pool" in staff.get(f"/journal?subject=membership&subject_id={member}").text
    )
    assert "the firm cannot lift that" in staff.get(f"/people/{member}").text
    page = firm.get(f"/people/{member}").text
    assert "The pool has switched this access off" in page
    assert f'action="/people/{member}/on"' not in page
    # a page from before, or the undo of what the firm itself once did
    firm.post(f"/people/{member}/on", f"/people/{member}")
    assert "The pool has switched this access off" in firm.get(f"/people/{member}").text
    assert shown(firm, member)[1] == shown(staff, member)[1] == "Switched off"
    with (
        house.desk.at(Door.EXTRANET, BROKER) as session,
        pytest.raises(ShutByPool),
    ):
        logins.reactivate(session, member)
    # switching off what is off already makes it no less the pool's
    firm.post(f"/people/{member}/off", f"/people/{member}")
    firm.post(f"/people/{member}/on", f"/people/{member}")
    assert shown(staff, member)[1] == "Switched off"
    # inviting again asks the pool, as for who waits
    before = len(mails(house))
    firm.post(f"/people/{member}/invite", f"/people/{member}")
    assert shown(firm, member)[1] == "Invited"
    assert shown(staff, member)[1] == "To be let in"
    assert "whom the pool has switched off" in staff.get(f"/people/{member}").text
    assert "asks for a person the pool has switched off" in staff.get("/bell").text
    assert ask(house, "SELECT waits FROM people_known() WHERE id = :m", m=member) == [True]
    assert len(mails(house)) == before
    # taken back and asked again it still is the pool's to say
    firm.post(f"/people/{member}/off", f"/people/{member}")
    firm.post(f"/people/{member}/invite", f"/people/{member}")
    staff.post(f"/people/{member}/refuse", f"/people/{member}")
    firm.post(f"/people/{member}/on", f"/people/{member}")
    assert shown(staff, member)[1] == "Not let in"
    staff.post(f"/people/{member}/on", f"/people/{member}")
    assert shown(firm, member)[1] == shown(staff, member)[1] == "Active"
    # and now the firm's own word is the firm's to lift
    firm.post(f"/people/{member}/off", f"/people/{member}")
    firm.post(f"/people/{member}/on", f"/people/{member}")
    assert shown(staff, member)[1] == "Active"


def test_the_pool_invites_whom_it_switched_off_and_he_is_in(house: Firms) -> None:
    member = house.members[HELPER]
    staff = house.browser(ADMIN)
    staff.post(f"/people/{member}/off", f"/people/{member}")
    staff.post(f"/people/{member}/invite", f"/people/{member}")
    assert shown(staff, member)[1] == "Active"
    firm = house.browser(BROKER)
    firm.post(f"/people/{member}/off", f"/people/{member}")
    firm.post(f"/people/{member}/on", f"/people/{member}")
    assert shown(firm, member)[1] == "Active"


def test_the_pool_is_told_how_the_person_comes_in(house: Firms) -> None:
    staff = house.browser(ADMIN)
    at_the_top = "goes over to this firm at the top of the page"
    member = invite(house, OTHER, BROKER, "Olena Typed")
    assert at_the_top in staff.get(f"/people/{member}").text
    member = invite(house, OTHER, CLERK, "Jule Typed")  # who works behind the other door
    page = staff.get(f"/people/{member}").text
    assert "signs in at the brokers" in page
    assert at_the_top not in page
    invite(house, BROKER, "spaet@elsewhere.example", "Sven Neu")
    member = invite(house, OTHER, "spaet@elsewhere.example", "Sven Typed")
    assert "the person gets the invitation" in staff.get(f"/people/{member}").text


def test_who_has_a_password_is_not_invited_until_he_comes(house: Firms) -> None:
    fields = {"email": CLERK, "name": "Jule", "language": "de", "role": "assistant"}
    staff = house.browser(ADMIN)
    firm = ask(house, "SELECT id FROM company WHERE name = :name", name=KONTOR)[0]
    where = f"/people/new?company={firm}"
    made = staff.post(where, where, fields={**fields, "company_id": str(firm)})
    member = int(made.location.rpartition("/")[2])
    assert shown(staff, member)[1] == shown(house.browser(BROKER), member)[1] == "Active"
    assert "Send the invitation again" not in staff.get(f"/people/{member}").text
