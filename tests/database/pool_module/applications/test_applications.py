"""An application from the broker's draft to the contract, at both doors."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.applications import operations as applications
from pool_module.applications import queries
from pool_module.applications.errors import (
    ContractThere,
    MayNotSell,
    NoSuchApplication,
    NotAccepted,
    NoteMissing,
    NotThatStep,
    Unfinished,
)
from pool_module.applications.operations import Wanted
from pool_module.contracts.errors import ProducerUnknown
from pool_module.contracts.operations.issuing import Policy, issue
from pool_module.contracts.queries import records
from shared.db import actor_of
from shared.errors import Conflict
from shared.models.workplace import Notification
from shared.vocabulary import ApplicationState, Door
from tests.database.pool_module.casework import OTHER_POOL, POOL, TODAY, Desk

S = ApplicationState


def wanted(desk: Desk, **changes: object) -> Wanted:
    values: dict[str, object] = {
        "product_id": desk.product_id,
        "customer_id": desk.customer_id,
        "applied_on": date(2026, 11, 20),
        "begin_on": date(2026, 12, 1),
        "frequency": "monthly",
        "net_premium": Decimal("1200.00"),
        **changes,
    }
    return Wanted(**values)  # type: ignore[arg-type]


def draft(desk: Desk, **changes: object) -> int:
    with desk.at(Door.EXTRANET, "olena") as session:
        return applications.save_draft(session, wanted(desk, **changes)).id


class TestTheWholeWay:
    def test_from_a_brokers_draft_to_the_contract_under_one_case_number(self, desk: Desk) -> None:
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            case = applications.submit(session, number, today=TODAY).case_number
        with desk.at(Door.INTRANET, "jana") as session:
            applications.move(session, number, S.SENT_TO_INSURER, insurer_number="V-77")
            applications.ask_broker(session, number, "Bitte nachreichen", ["Ausweis"])
        with desk.at(Door.EXTRANET, "olena") as session:
            asked = queries.get_application(session, actor_of(session), number)
            assert asked.query == "Bitte nachreichen\n• Ausweis"
            assert applications.answer_query(session, number, "Liegt bei").state == S.SUBMITTED
        with desk.at(Door.INTRANET, "jana") as session:
            applications.move(session, number, S.SENT_TO_INSURER)
            with pytest.raises(NotAccepted):
                issue(session, number, Policy("AL-1"), today=TODAY)
            applications.move(session, number, S.ACCEPTED)
            with pytest.raises(ProducerUnknown):
                issue(session, number, Policy("AL-1"), today=TODAY)
            policy = Policy("AL 9-1", producer_id=desk.producer_id)
            contract = issue(session, number, policy, today=TODAY)
            assert contract.case_number == case
            assert contract.net_premium == Decimal("1200.00")
            assert contract.firm_id == desk.firm_id
            made = contract.id
        with desk.at(Door.INTRANET, "jana") as session:
            actor = actor_of(session)
            whole = records.get_whole(session, actor, made)
            assert whole.application_id == number
            assert queries.get_case(session, actor, number).contract_number == "AL 9-1"
            steps = [(c.state, c.recorded_by) for c in queries.changes(session, actor, number)]
            assert [state for state, _ in reversed(steps)] == [
                S.DRAFT, S.SUBMITTED, S.SENT_TO_INSURER, S.INSURER_QUERY, S.SUBMITTED,
                S.SENT_TO_INSURER, S.ACCEPTED, S.ACCEPTED,
            ]  # fmt: skip
            assert {name for _, name in steps} == {"jana", "olena"}
            with pytest.raises(ContractThere):
                issue(session, number, policy, today=TODAY)
        with desk.at(Door.EXTRANET) as session:
            told = [n.values for n in session.query(Notification).all()]
            assert told.count({"case": case}) == 4

    def test_what_is_sent_twice_is_done_once(self, desk: Desk) -> None:
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            applications.submit(session, number, today=TODAY)
        with desk.at(Door.EXTRANET, "olena") as session, pytest.raises(NotThatStep):
            applications.submit(session, number, today=TODAY)

    def test_without_a_customer_it_is_not_submitted(self, desk: Desk) -> None:
        number = draft(desk, customer_id=None)
        with desk.at(Door.EXTRANET) as session, pytest.raises(Unfinished) as refused:
            applications.submit(session, number, today=TODAY)
        assert refused.value.field == "customer_id"

    def test_a_product_not_released_is_not_sold(self, desk: Desk) -> None:
        number = draft(desk, product_id=desk.restricted_id)
        with desk.at(Door.EXTRANET) as session, pytest.raises(MayNotSell):
            applications.submit(session, number, today=TODAY)
        with desk.at(Door.EXTRANET) as session:
            offered = queries.sellable(session, actor_of(session), desk.firm_id, TODAY)
            assert [row.id for row in offered] == [desk.product_id]

    def test_a_rejection_says_why(self, desk: Desk) -> None:
        number = draft(desk)
        with desk.at(Door.INTRANET) as session, pytest.raises(NotThatStep):
            applications.move(session, number, S.ACCEPTED)
        with desk.at(Door.EXTRANET) as session:
            applications.submit(session, number, today=TODAY)
        with desk.at(Door.INTRANET) as session, pytest.raises(NoteMissing):
            applications.move(session, number, S.REJECTED, note=" ")

    def test_two_people_and_one_application(self, desk: Desk) -> None:
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            seen = queries.get_application(session, actor_of(session), number).version
        with desk.at(Door.INTRANET, "jana") as session:
            quick = wanted(desk, net_premium=Decimal("900.00"))
            applications.save_draft(session, quick, application_id=number, version=seen)
        with desk.at(Door.INTRANET, "ines") as session, pytest.raises(Conflict) as refused:
            applications.save_draft(session, wanted(desk), application_id=number, version=seen)
        assert refused.value.who == "jana"
        assert refused.value.stored["net_premium"] == Decimal("900.00")

    def test_whose_it_is_not_finds_nothing(self, desk: Desk) -> None:
        number = draft(desk)
        strangers = (
            (Door.EXTRANET, POOL, desk.neighbour_id),
            (Door.INTRANET, OTHER_POOL, None),
        )
        for door, pool, firm in strangers:
            with desk.at(door, pool=pool, firm=firm) as session:
                with pytest.raises(NoSuchApplication):
                    applications.withdraw(session, number)
                with pytest.raises(NoSuchApplication):
                    queries.get_case(session, actor_of(session), number)
                assert not queries.changes(session, actor_of(session), number)
