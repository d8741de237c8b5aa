"""Payment terms kept by people: agreed, changed, switched, copied; two at once; who looks after."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pool_module.agreements.errors import (
    BelowNothing,
    NobodyNamed,
    NoSuchTerms,
    NothingAgreed,
    NothingChosen,
    TermsInTheWay,
)
from pool_module.agreements.operations import terms as operations
from pool_module.agreements.queries import terms as queries
from pool_module.agreements.rules.terms import TermsValues
from shared.db.listing import Asked, page
from shared.due import TermsParty
from shared.errors import Conflict
from shared.models.pools import Team
from tests.database.pool_module.range_pool import RangePool

COMPANY, PRODUCER, TEAM = TermsParty


def values(party: TermsParty = COMPANY, **of: Any) -> TermsValues:
    return TermsValues(party=party, **({"payable_days": 14} | of))


def agree(ranged: RangePool, *args: Any, **of: Any) -> int:
    with ranged.at(ranged.actor()) as session:
        return operations.agree(session, values(*args, **of))


def active(ranged: RangePool) -> list[tuple[Any, ...]]:
    found = ranged.select(
        "SELECT party, coalesce(c.code, i.code), payable_days, t.active FROM due_terms t "
        "LEFT JOIN company c ON c.pool_id = t.pool_id AND c.id = company_id "
        "LEFT JOIN insurer i ON i.pool_id = t.pool_id AND i.id = insurer_id "
        "WHERE t.pool_id = :pool ORDER BY t.id"
    )
    return [tuple(row) for row in found]


def test_one_of_a_key_is_active(ranged: RangePool) -> None:
    kiefer = ranged.id("company", "Kiefer")
    first = agree(ranged, company_id=kiefer)
    with pytest.raises(TermsInTheWay) as refused:
        agree(ranged, company_id=kiefer, payable_days=30)
    assert refused.value.way_id == first
    spare = agree(ranged, company_id=kiefer, payable_days=30, active=False)
    agree(ranged, PRODUCER, company_id=kiefer)
    with ranged.at(ranged.actor()) as session:
        outcome = operations.switch(session, [spare], active=True)
        assert (outcome.done, outcome.refused) == ([], [("Kiefer GmbH", first)])
        assert operations.switch(session, [first], active=False).done == [first]
        assert operations.switch(session, [spare], active=True).done == [spare]
    assert [(row[2], row[3]) for row in active(ranged)[:2]] == [(14, False), (30, True)]
    told = ranged.select(
        "SELECT action FROM audit_entry WHERE pool_id = :pool AND subject = 'due_terms' ORDER BY id"
    )
    assert [row.action for row in told] == [
        "created", "created", "created", "inactivated", "activated",
    ]  # fmt: skip


def test_what_is_refused(ranged: RangePool) -> None:
    kiefer, aquila = ranged.id("company", "Kiefer"), ranged.id("insurer", "Aquila")
    with pytest.raises(NothingAgreed):
        agree(ranged, company_id=kiefer, payable_days=None)
    for wrong in (
        {"company_id": 999_999},
        {"party": TEAM, "company_id": kiefer},
        {"party": PRODUCER, "insurer_id": aquila},
        {"company_id": kiefer, "party": TEAM, "team_id": None},
    ):
        with pytest.raises(NobodyNamed):
            agree(ranged, **wrong)
    foreign = ranged.select("SELECT id FROM insurer WHERE pool_id = :pool")
    assert foreign
    with ranged.at(ranged.actor()) as session:
        with pytest.raises(NothingChosen):
            operations.switch(session, [], active=True)
        with pytest.raises(NoSuchTerms):
            operations.switch(session, [999_999], active=True)
        with pytest.raises(NoSuchTerms):
            operations.copy(session, 999_999, [f"c{kiefer}"])


def test_who_saves_over_a_newer_version_is_told(ranged: RangePool) -> None:
    kiefer = ranged.id("company", "Kiefer")
    number = agree(ranged, company_id=kiefer)
    tom = ranged.actor(name="Tom")
    with ranged.at(tom) as session:
        operations.change(session, number, values(company_id=kiefer, payable_days=20), version=1)
    with ranged.at(ranged.actor()) as session, pytest.raises(Conflict) as conflict:
        operations.change(session, number, values(company_id=kiefer, payable_days=7), version=1)
    assert (conflict.value.who, conflict.value.version) == ("Tom", 2)
    assert conflict.value.stored["payable_days"] == 20


def test_group_copy(ranged: RangePool) -> None:
    kiefer, linde = ranged.id("company", "Kiefer"), ranged.id("company", "Linde")
    aquila = ranged.id("insurer", "Aquila")
    number = agree(ranged, company_id=kiefer)
    agree(ranged, company_id=linde, payable_days=3)
    with ranged.at(ranged.actor()) as session:
        outcome = operations.copy(session, number, [f"c{linde}", f"i{aquila}"])
    assert (len(outcome.done), [name for name, _ in outcome.refused]) == (1, ["Linde GmbH"])
    copied = ranged.select(
        "SELECT copied_from_id, insurer_id, payable_days FROM due_terms "
        "WHERE pool_id = :pool AND copied_from_id IS NOT NULL"
    )
    assert [tuple(row) for row in copied] == [(number, aquila, 14)]


def test_nothing_is_ever_removed(ranged: RangePool) -> None:
    granted = ranged.select(
        "SELECT count(*) AS n FROM information_schema.role_table_grants "
        "WHERE table_name IN ('due_terms', 'invoice') AND privilege_type = 'DELETE' "
        "AND grantee LIKE 'brokerpool%' AND :pool > 0"
    )
    assert granted[0].n == 0


def test_a_team_looks_after_companies(ranged: RangePool) -> None:
    kiefer, aquila = ranged.id("company", "Kiefer"), ranged.id("insurer", "Aquila")
    division = ranged.id("division", "Gewerbe", "name")
    with ranged.at(ranged.actor()) as session:
        team = Team(pool_id=ranged.pool_id, name="Küste", division_id=division)
        session.add(team)
        session.flush()
        keys = [f"c{kiefer}", f"i{aquila}"]
        assert operations.look_after(session, team.id, keys) == 2
        assert operations.look_after(session, team.id, keys) == 0
        cares = queries.care_of(session, ranged.actor())
        # without the layer nothing names an organisation
        assert cares[f"c{kiefer}"] == (team.id, None)
        assert cares[""] == (None, None)
        (row,) = queries.teams(session, ranged.actor())
        assert (row["companies"], row["insurers"]) == (1, 1)
        with pytest.raises(NothingChosen):
            operations.look_after(session, 999_999, keys)
        assert operations.look_after(session, None, keys) == 2


def test_the_list_knows_active_only(ranged: RangePool) -> None:
    kiefer = ranged.id("company", "Kiefer")
    agree(ranged, company_id=kiefer, active=False)
    agree(ranged, company_id=kiefer)
    jana = ranged.actor()
    with ranged.at(jana) as session:
        for only, many in ((False, 2), (True, 1)):
            listing = queries.terms_list(session, jana, active_only=only)
            assert len(page(session, listing, Asked("name")).rows) == many


def test_the_least_payout_from_a_day_on(ranged: RangePool) -> None:
    jana = ranged.actor()
    with ranged.at(jana) as session:
        operations.set_minimum(session, "EUR", Decimal(25), date(2026, 1, 1))
        operations.set_minimum(session, "EUR", Decimal(40), date(2026, 12, 1))
        november = queries.minimum_payouts(session, jana, date(2026, 11, 21))
        assert [row["minimum_payout"] for row in november] == [Decimal(25)]
        with pytest.raises(BelowNothing):
            operations.set_minimum(session, "EUR", Decimal(-1), date(2026, 1, 1))
