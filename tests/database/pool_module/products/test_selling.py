"""Who may sell what, asked by staff and by the firm itself."""

from datetime import date

import pytest
from sqlalchemy import text

from pool_module.products.errors import NoFirms, NoSuchProduct
from pool_module.products.operations import selling as operations
from pool_module.products.queries import selling as queries
from shared.vocabulary import Door, SellingReason
from tests.database.pool_module.range_pool import TODAY, RangePool

MAY, LATER = date(2026, 5, 1), date(2027, 1, 1)


@pytest.fixture
def firms(ranged: RangePool) -> dict[str, int]:
    return {code: ranged.id("company", code) for code in ("Kiefer", "Linde")}


def restrict(ranged: RangePool, code: str) -> int:
    jana, product_id = ranged.actor(), ranged.id("product", code)
    with ranged.at(jana) as session:
        session.execute(
            text("UPDATE product SET restricted = true WHERE id = :id"), {"id": product_id}
        )
    return product_id


def reasons(ranged: RangePool, firm: int, product: int) -> list[SellingReason]:
    """What staff are told, and what the firm is told: the same."""
    found = []
    for actor in (ranged.actor(), ranged.actor(Door.EXTRANET, "Olena", firm=firm)):
        with ranged.at(actor) as session:
            answer = queries.may_sell(session, actor, firm, product, TODAY)
            listed = product in queries.sellable_ids(session, actor, firm, TODAY)
            assert listed == answer.allowed
            found.append(answer.reason)
    return found


def test_an_open_product_is_sold_by_all(ranged: RangePool, firms: dict[str, int]) -> None:
    assert set(reasons(ranged, firms["Kiefer"], ranged.id("product", "P"))) == {SellingReason.OPEN}


def test_a_restricted_product_is_sold_by_those_let_in(
    ranged: RangePool, firms: dict[str, int]
) -> None:
    jana, product = ranged.actor(), restrict(ranged, "P")
    assert set(reasons(ranged, firms["Kiefer"], product)) == {SellingReason.NOT_AUTHORISED}
    with ranged.at(jana) as session:
        done = operations.authorise(session, jana, product, list(firms.values()), start=MAY)
        assert done == 2
    assert set(reasons(ranged, firms["Kiefer"], product)) == {SellingReason.AUTHORISED}
    with ranged.at(jana) as session:
        operations.end_authorisation(session, jana, product, firms["Kiefer"], day=TODAY)
        stands = queries.authorisations(session, jana, product)
    assert [(a.firm_code, a.valid_from, a.valid_to) for a in stands] == [
        ("Kiefer", MAY, TODAY),
        ("Linde", MAY, None),
    ]
    assert set(reasons(ranged, firms["Kiefer"], product)) == {SellingReason.NOT_AUTHORISED}
    assert set(reasons(ranged, firms["Linde"], product)) == {SellingReason.AUTHORISED}


def test_a_firm_can_be_kept_out_for_a_while(ranged: RangePool, firms: dict[str, int]) -> None:
    jana, product = ranged.actor(), ranged.id("product", "Q")
    with ranged.at(jana) as session:
        operations.authorise(
            session, jana, product, [firms["Linde"]], start=MAY, end=LATER, allowed=False,
            reason="Beschwerde",
        )  # fmt: skip
    assert set(reasons(ranged, firms["Linde"], product)) == {SellingReason.BARRED}
    assert set(reasons(ranged, firms["Kiefer"], product)) == {SellingReason.OPEN}


def test_a_firm_asks_for_itself_alone(ranged: RangePool, firms: dict[str, int]) -> None:
    olena = ranged.actor(Door.EXTRANET, "Olena", firm=firms["Kiefer"])
    product = ranged.id("product", "P")
    with ranged.at(olena) as session:
        with pytest.raises(NoSuchProduct):
            queries.may_sell(session, olena, firms["Linde"], product, TODAY)
        assert not queries.products_for_firm(session, olena, firms["Linde"], TODAY)
        rows = queries.products_for_firm(session, olena, firms["Kiefer"], TODAY)
        assert [(row["code"], row["insurer"]) for row in rows] == [("P", "Aquila"), ("Q", "Aquila")]


def test_somebody_has_to_be_named(ranged: RangePool) -> None:
    jana = ranged.actor()
    with ranged.at(jana) as session, pytest.raises(NoFirms):
        operations.authorise(session, jana, ranged.id("product", "P"), [999], start=MAY)
