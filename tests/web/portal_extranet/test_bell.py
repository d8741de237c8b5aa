"""The bell of a former partner: what was told stays told, and leads where he may still go."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text

from shared.db import make_engine
from shared.vocabulary import Door
from tests.factories.town import Town
from tests.web.visitors import Visitor

LINKS = {"/statements": True, "/people": False, "/applications": True, "/products": False}

pytestmark = pytest.mark.usefixtures("nothing_stays")


@pytest.fixture
def told(town: Town) -> Iterator[None]:
    """Notices of the time when the firm worked with the pool."""
    engine = make_engine(town.database.owner_url)
    with engine.begin() as connection:
        for link in LINKS:
            connection.execute(
                text(
                    "INSERT INTO notification (pool_id, firm_id, text, link, recorded_by)"
                    " SELECT :pool, f.id, 'About ' || CAST(:link AS text), :link, 'bell'"
                    " FROM unnest(CAST(:firms AS int[])) AS f (id)"
                ),
                {"pool": town.pool_id, "link": link,
                 "firms": [town.firms["gone"], town.firms["berg"]]},
            )  # fmt: skip
    yield
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM notification WHERE recorded_by = 'bell'"))
    engine.dispose()


@pytest.mark.usefixtures("told")
def test_a_notice_leads_where_its_reader_may_still_go(
    town: Town, portal_of: Callable[[Door], Flask]
) -> None:
    for name in ("former partner", "broker"):
        visitor = Visitor(portal_of(Door.EXTRANET), Door.EXTRANET, town.somebody(name))
        page = visitor.get("/bell").text
        for link, stays in LINKS.items():
            assert f"About {link}" in page, link
            leads = f'<a href="{link}">' in page
            assert leads is (stays or name == "broker"), (name, link)
            if leads:
                assert visitor.get(link).status_code == 200, (name, link)


def test_what_he_reads_offers_nothing_he_may_not_do(
    town: Town, portal_of: Callable[[Door], Flask]
) -> None:
    visitor = Visitor(portal_of(Door.EXTRANET), Door.EXTRANET, town.somebody("former partner"))
    own = ("/preferences", "/language", "/own/", "/logout", "/views", "/bell")
    for path in ("/", "/applications", "/own/contracts", "/own/customers", "/contracts"):
        page = visitor.get(path)
        assert page.status_code == 200, path
        for link in set(re.findall(r'<a [^>]*href="(/[^"#]*)"', page.text)):
            assert visitor.get(unescape(link)).status_code == 200, (path, link)
        sent = re.findall(r'<form [^>]*method="post"[^>]*action="(/[^"]*)"', page.text)
        assert [form for form in sent if not form.startswith(own)] == [], path
