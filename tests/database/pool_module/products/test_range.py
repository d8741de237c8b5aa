"""Products and insurers, kept by people."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pool_module.agreements.operations import add_agreement
from pool_module.products.errors import (
    CodeTaken,
    DaysReversed,
    FileRefused,
    NoSuchInsurer,
    NoSuchProduct,
    NotThisStep,
    VersionNameTaken,
    VersionOverlaps,
)
from pool_module.products.operations import insurers
from pool_module.products.operations import range as operations
from pool_module.products.operations.insurers import InsurerValues
from pool_module.products.operations.range import ProductValues, Upload, VersionValues
from pool_module.products.queries import insurers as insurer_queries
from pool_module.products.queries import range as queries
from pool_module.products.rules import feature_pairs, features_of
from shared import clock
from shared.db.facts import stretch
from shared.db.listing import Asked, Condition, Operator, page
from shared.errors import Conflict
from shared.models.pools import Pool
from shared.models.products import Agreement
from shared.storage import open_stored
from shared.vocabulary import Door
from tests.database.pool_module.range_pool import RangePool
from tests.factories.days import zone_of_another_day

AQUILA = InsurerValues(code="Aquila", name="Aquila Leben AG", country="DE", city="Kassel")


def product_values(pool: RangePool, **values: Any) -> ProductValues:
    made = ProductValues(
        code="BU",
        name="BU Vision",
        insurer_id=pool.id("insurer", "Aquila"),
        line_id=pool.id("line_of_business", "Leben"),
    )
    return replace(made, **values)


def test_an_insurer_is_changed_once_per_version(ranged: RangePool) -> None:
    jana, tom = ranged.actor(), ranged.actor(name="Tom")
    insurer_id = ranged.id("insurer", "Aquila")
    with ranged.at(jana) as session:
        assert insurers.edit_insurer(session, jana, insurer_id, AQUILA, version=1).version == 1
    other = replace(AQUILA, city="Köln")
    with ranged.at(tom) as session, pytest.raises(Conflict) as refused:
        insurers.edit_insurer(session, tom, insurer_id, other, version=1)
    assert (refused.value.who, refused.value.version) == ("Jana", 2)
    assert refused.value.stored["city"] == "Kassel"
    with ranged.at(tom) as session:
        insurers.edit_insurer(session, tom, insurer_id, replace(AQUILA, city="Köln"), version=2)
    told = ranged.select(
        "SELECT recorded_by, old, new FROM audit_entry WHERE pool_id = :pool ORDER BY id"
    )
    assert told[-1] == ("Tom", {"city": "Kassel"}, {"city": "Köln"})


def test_codes_are_taken_once(ranged: RangePool) -> None:
    jana = ranged.actor()
    with ranged.at(jana) as session, pytest.raises(CodeTaken):
        insurers.create_insurer(session, jana, AQUILA)
    with ranged.at(jana) as session, pytest.raises(CodeTaken):
        operations.create_product(session, jana, product_values(ranged, code="P"))
    with ranged.at(jana) as session:
        made = insurers.create_insurer(session, jana, replace(AQUILA, code="Borussia"))
    with ranged.at(jana) as session, pytest.raises(CodeTaken):
        insurers.edit_insurer(session, jana, made.id, AQUILA, version=1)


def test_another_pools_rows_are_not_there(ranged: RangePool) -> None:
    jana = ranged.actor()
    with ranged.at(ranged.actor(Door.WORKER)) as session:
        session.rollback()
    with ranged.at(jana) as session:
        theirs = [1, 2, 3, 4]
        ours = set(ranged.select("SELECT id FROM product WHERE pool_id = :pool"))
        for number in theirs:
            if (number,) not in ours:
                with pytest.raises(NoSuchProduct):
                    queries.get_product(session, jana, number)
        with pytest.raises(NoSuchInsurer):
            insurer_queries.get_insurer(session, jana, 999)


def test_a_product_lives_from_draft_to_withdrawn(ranged: RangePool) -> None:
    jana = ranged.actor()
    pairs = [("Zulage", "ja"), ("Alter", "18–60")]
    with ranged.at(jana) as session:
        values = product_values(ranged, features=features_of(pairs))
        made = operations.create_product(session, jana, values)
        assert (made.state, made.version) == ("draft", 1)
    with ranged.at(jana) as session:
        operations.move_product(session, jana, made.id, "active", version=1)
    with ranged.at(jana) as session, pytest.raises(Conflict):
        operations.move_product(session, jana, made.id, "withdrawn", version=1)
    with ranged.at(jana) as session, pytest.raises(NotThisStep):
        operations.move_product(session, jana, made.id, "draft", version=2)
    with ranged.at(jana) as session:
        edited = product_values(ranged, name="BU 2027", features=features_of(pairs))
        operations.edit_product(session, jana, made.id, edited, version=2)
        product = queries.get_product_head(session, jana, made.id, "de")["Product"]
        assert (product.name, feature_pairs(product.features)) == ("BU 2027", pairs)
    backwards = product_values(
        ranged, offered_from=date(2026, 2, 1), offered_until=date(2026, 1, 31)
    )
    with ranged.at(jana) as session, pytest.raises(DaysReversed):
        operations.edit_product(session, jana, made.id, backwards, version=3)


def version(name: str, start: date | None, end: date | None) -> VersionValues:
    return VersionValues(
        name=name, valid_from=start, valid_to=end, unit_value=Decimal(10), cap_years=35,
        product_factor=Decimal(1),
    )  # fmt: skip


def test_versions_never_overlap(ranged: RangePool) -> None:
    jana, product_id = ranged.actor(), ranged.id("product", "P")
    first, second = date(2020, 1, 1), date(2025, 1, 1)
    with ranged.at(jana) as session:
        made = operations.save_version(session, jana, product_id, version("2020", first, second))
        operations.save_version(session, jana, product_id, version("2025", second, None))
    late = version("2024", date(2024, 7, 1), None)
    with ranged.at(jana) as session, pytest.raises(VersionOverlaps) as refused:
        operations.save_version(session, jana, product_id, late)
    assert "2024-12-31" in str(refused.value)
    with ranged.at(jana) as session, pytest.raises(VersionNameTaken):
        operations.save_version(session, jana, product_id, version("2020", None, first))
    with ranged.at(jana) as session, pytest.raises(DaysReversed):
        operations.save_version(session, jana, product_id, version("0", second, first))
    with ranged.at(jana) as session:
        shorter = version("2020", first, date(2024, 7, 1))
        operations.save_version(session, jana, product_id, shorter, version_id=made.id)
        names = [v.name for v in queries.versions_of(session, jana, product_id)]
    assert names == ["2025", "2020"]
    held = ranged.select(
        "SELECT conname FROM pg_constraint WHERE conname = 'ex_product_version_valid'"
    )
    assert held


def test_documents_are_read_by_both_sides(ranged: RangePool, tmp_path: Path) -> None:
    jana, product_id = ranged.actor(), ranged.id("product", "P")
    upload = Upload(file_name="AVB.pdf", content=b"%PDF-1.7", title="Bedingungen", valid_from=None)
    with ranged.at(jana) as session:
        made = operations.save_version(session, jana, product_id, version("2025", None, None))
        operations.add_document(session, jana, product_id, upload, root=tmp_path)
        of_version = replace(upload, file_name="Tarif.pdf", title=None)
        operations.add_document(
            session, jana, product_id, of_version, root=tmp_path, version_id=made.id
        )
    with ranged.at(jana) as session, pytest.raises(FileRefused):
        operations.add_document(
            session, jana, product_id, replace(upload, file_name="a.exe"), root=tmp_path
        )
    broker = ranged.actor(Door.EXTRANET, "Olena", firm=ranged.id("company", "Kiefer"))
    with ranged.at(broker) as session:
        found = queries.product_documents(session, broker, product_id)
        assert [(d["title"], d["version"]) for d in found] == [
            ("Tarif", "2025"),
            ("Bedingungen", None),
        ]
        document = queries.get_product_document(session, broker, product_id, found[0]["id"])
        assert open_stored(tmp_path, ranged.pool_id, None, document.sha256) == b"%PDF-1.7"


def test_the_list_knows_what_has_no_agreement(ranged: RangePool) -> None:
    jana = ranged.actor()
    with ranged.at(jana) as session:
        borussia = insurers.create_insurer(session, jana, replace(AQUILA, code="B", name="B"))
        lonely = product_values(ranged, code="L", insurer_id=borussia.id)
        made = operations.create_product(session, jana, lonely, state="active")
        listing = queries.product_list(session, jana, "de")
        asked = Asked("name", conditions=(Condition("agreed", Operator.IS, (False,)),))
        assert [row.id for row in page(session, listing, asked).rows] == [made.id]
        assert [row["id"] for row in queries.without_agreement(session, jana)] == [made.id]
        named = Asked("code", conditions=(Condition("q", Operator.IS, ("p",)),))
        assert [row.code for row in page(session, listing, named).rows] == ["P"]
        all_insurers = page(session, insurer_queries.insurer_list(session, jana), Asked("name"))
        assert [(row.code, row.products) for row in all_insurers.rows] == [("Aquila", 2), ("B", 1)]


def test_an_agreement_of_today_is_one_of_the_pools_today(ranged: RangePool) -> None:
    jana, zone = ranged.actor(), zone_of_another_day()
    with ranged.at(ranged.actor(Door.WORKER)) as session:
        session.get_one(Pool, jana.pool_id).time_zone = zone
    with ranged.at(jana) as session:
        borussia = insurers.create_insurer(session, jana, replace(AQUILA, code="B", name="B"))
        lonely = product_values(ranged, code="L", insurer_id=borussia.id)
        made = operations.create_product(session, jana, lonely, state="active")
        assert [row["id"] for row in queries.without_agreement(session, jana)] == [made.id]
        day = clock.today(zone)
        valid = stretch(day, day + timedelta(days=1))
        agreement = Agreement(kind="acquisition", insurer_id=borussia.id, valid=valid)
        add_agreement(session, jana, agreement)
        assert [row["id"] for row in queries.without_agreement(session, jana)] == []
