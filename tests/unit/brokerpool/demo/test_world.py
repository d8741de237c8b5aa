"""The demo before any database: numbers of the right form, files our readers read."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum import iban
from stdnum.ua import edrpou, rntrc

from brokerpool.demo.deliveries.files import Waiting, write_deliveries
from brokerpool.demo.deliveries.letters import fit
from brokerpool.demo.deliveries.reports import reports_of
from brokerpool.demo.identifiers import email, latin
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.world import World, draw_world
from pool_module.incoming.formats.gdv.summary import summarise_gdv
from pool_module.incoming.formats.statements.summary import summarise_statement

REGISTER = re.compile(r"D-[A-Z0-9]{4}-[A-Z0-9]{5}-[0-9]{2}")


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(Months.before(date(2026, 11, 20)))


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Waiting]:
    folder: Path = tmp_path_factory.mktemp("deliveries")
    return {file.path.name: file for file in write_deliveries(world, folder)}


def test_months_lie_before_the_open_one() -> None:
    months = Months.before(date(2026, 1, 31))
    assert (months.name(0), months.name(13), months.name(14)) == ("2024-10", "2025-11", "2025-12")
    assert months.month_of(date(2025, 12, 24)) == CLOSED
    assert (months.last(4), months.issue_day(14)) == (date(2025, 2, 28), date(2026, 1, 10))


def test_firms_have_numbers_of_the_right_form(world: World) -> None:
    for firm in world.firms:
        assert iban.is_valid(firm.iban)
        if firm.country == "DE":
            assert REGISTER.fullmatch(firm.register_number or "")
            assert firm.national_id is None
        else:
            valid = rntrc.is_valid if firm.sole_trader else edrpou.is_valid
            assert valid(firm.national_id or "")
    for numbers in (
        [f.iban for f in world.firms],
        [f.code for f in world.firms],
        [f.register_number for f in world.firms if f.register_number],
        [s.code for s in world.sellers],
        [s.email for s in world.sellers],
        [(c.product.insurer, c.number) for c in world.contracts],
        [c.case for c in world.contracts],
    ):
        assert len(set(numbers)) == len(numbers)


def test_addresses_lead_nowhere(world: World) -> None:
    assert all(f.email.endswith(".example") for f in world.firms)
    assert all(re.fullmatch(r"[a-z0-9.-]+@[a-z0-9-]+\.example", s.email) for s in world.sellers)
    assert all(c.holder.email.isascii() for c in world.contracts)


def test_shares_are_whole(world: World) -> None:
    split = [c for c in world.contracts if len(c.shares) > 1]
    assert all(sum(share for _, share in c.shares) == 1 for c in world.contracts)
    assert all(len({seller for seller, _ in c.shares}) == len(c.shares) for c in split)
    assert 0.05 < len(split) / len(world.contracts) < 0.11


def test_names_are_written_in_latin_letters() -> None:
    assert latin("Їжакевич") == "izhakevych"
    assert email("Żaneta", "Größler", "haus") == "zaneta.groessler@haus.example"
    assert fit("Łukaszewski, Żaneta", 30) == "Lukaszewski, Zaneta"
    assert fit("Größler", 5) == "Größl"


def test_our_readers_read_the_gdv_files(world: World, files: dict[str, Waiting]) -> None:
    for insurer in ("BS", "CK"):
        file = files[f"{insurer}_Bestand_Provision_2026-10.gdv"]
        read = summarise_gdv(file.path)
        total = sum((r.amount for r in reports_of(world, insurer)), Decimal(0))
        assert (read["warnings"], read["commission"]) == ([], str(total))


def test_our_readers_read_the_lists(world: World, files: dict[str, Waiting]) -> None:
    lists = [file for file in files.values() if file.format == "statement"]
    assert [(f.insurer, f.path.suffix) for f in lists] == [
        ("AL", ".csv"),
        ("DR", ".xlsx"),
        ("UG", ".csv"),
        ("DZ", ".csv"),
    ]
    for file in lists:
        read = summarise_statement(file.path)
        total = sum((r.amount for r in reports_of(world, file.insurer)), Decimal(0))
        assert (read["rows"], read["net"], read["warnings"]) == (file.lines, str(total), [])
