"""Scenario files on the real engine: facts and settlements, step by step, in a pool of their own.

The caller opens the transaction for a new pool and rolls it back; nothing remains.
"""

from datetime import date
from decimal import Decimal
from functools import singledispatchmethod

from pool_module.agreements import operations as agreements
from pool_module.contracts import operations as contracts
from pool_module.hierarchy import operations as hierarchy
from pool_module.products import operations as products
from pool_module.settlement import queries
from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats import steps
from pool_module.settlement.formats.references import References
from pool_module.settlement.formats.scenario import Scenario, parse_step
from pool_module.settlement.operations import runs
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import stretch
from shared.errors import Refused
from shared.models.contracts import Contract
from shared.models.hierarchy import Producer
from shared.models.pools import Pool
from shared.models.products import Agreement, Product, Rule

ISSUED = date(2000, 1, 1)  # statements of a scenario are not issued; the day is of no account


class ScenarioRun:
    """A scenario at work in a new pool.

    Args:
        session: a transaction that acts in ``actor``'s pool, which does not exist yet.
        actor: calculates; the approval is given in a second name.
        scenario: the file's content.
        full: settle with ``--full``: recompute everything each time.
    """

    def __init__(
        self, session: Session, actor: Actor, scenario: Scenario, *, full: bool = False
    ) -> None:
        self.session = session
        self.actor = actor
        self.scenario = scenario
        self.full = full
        self.references = References()
        self.settlements: list[dict[str, object]] = []
        self.producers: dict[str, Producer] = {}
        self.products: dict[str, Product] = {}
        self.contracts: dict[str, Contract] = {}
        self.rules: dict[str, Rule] = {}

    def play(self) -> dict[str, object]:
        """Do all steps and return what ``scenario run --json`` prints.

        Raises:
            ScenarioRefused: a step is malformed or refused.
        """
        self._found()
        for number, raw in enumerate(self.scenario.steps, 1):
            step = parse_step(number, raw)
            self.references.check(number, step)
            try:
                self._do(step)
            except ScenarioRefused:
                raise
            except Refused as refusal:
                name = refusal.field or "step"
                raise ScenarioRefused(number, name, str(refusal)) from refusal
        return {"settlements": self.settlements}

    def _found(self) -> None:
        scenario, actor = self.scenario, self.actor
        self.session.add(
            Pool(
                id=actor.pool_id,
                code=f"scenario-{actor.pool_id}",
                name=scenario.name,
                currency=scenario.currency,
            )
        )
        self.session.flush()
        for kind, dates in scenario.reference.items():
            named = {"rate": dates.rate, "level": dates.level, "hierarchy": dates.hierarchy}
            agreements.set_reference_dates(self.session, actor, kind, named)
        if scenario.minimum_payout:
            agreements.set_minimum_payout(
                self.session, actor, scenario.currency, scenario.minimum_payout
            )

    @singledispatchmethod
    def _do(self, step: object) -> None:
        raise TypeError(f"no such step: {step!r}")

    @_do.register
    def _(self, step: steps.Producer) -> None:
        known = self.producers.get(step.code)
        if known is None:
            self.producers[step.code] = hierarchy.add_producer(
                self.session, self.actor, code=step.code, payee=step.payee, house=step.house
            )
        else:
            hierarchy.change_payee(self.session, self.actor, known, step.payee)

    @_do.register
    def _(self, step: steps.Product) -> None:
        if step.code in self.products:
            return  # stated again: the references saw that nothing differs
        self.products[step.code] = products.add_product(
            self.session, self.actor, code=step.code, insurer=step.insurer, line=step.line
        )

    @_do.register
    def _(self, step: steps.Placement) -> None:
        hierarchy.place(
            self.session,
            self.actor,
            self.producers[step.producer],
            self.producers[step.parent],
            stretch(step.valid_from, step.valid_to),
        )

    @_do.register
    def _(self, step: steps.Career) -> None:
        producer = self.producers[step.producer]
        valid = stretch(step.valid_from, step.valid_to)
        hierarchy.promote(self.session, self.actor, producer, step.level, valid)

    @_do.register
    def _(self, step: steps.Status) -> None:
        producer = self.producers[step.producer]
        valid = stretch(step.valid_from, step.valid_to)
        hierarchy.set_active(self.session, self.actor, producer, valid, active=step.active)

    @_do.register
    def _(self, step: steps.Group) -> None:
        producer = self.producers[step.producer]
        valid = stretch(step.valid_from, step.valid_to)
        hierarchy.set_group(self.session, self.actor, producer, step.group, valid)

    @_do.register
    def _(self, step: steps.Reserve) -> None:
        producer = self.producers[step.producer]
        valid = stretch(step.valid_from, step.valid_to)
        hierarchy.set_reserve(self.session, self.actor, producer, step.rate, valid)

    @_do.register
    def _(self, step: steps.Rule) -> None:
        amount = step.of in {"unit", "fixed"}
        rule = Rule(
            code=step.code,
            kind=step.kind,
            **self._scope(step),
            producer_id=self.producers[step.producer].id if step.producer else None,
            group_id=self._group(step.group),
            level_id=self._level(step.level),
            organisation_id=self._organisation(step.organisation),
            division_id=self._division(step.division),
            rate_of=step.of,
            rate=step.rate,
            currency=self.scenario.currency if amount else None,
            valid=stretch(step.valid_from, step.valid_to),
        )
        self.rules[step.code] = agreements.add_rule(self.session, self.actor, rule)

    @_do.register
    def _(self, step: steps.WithdrawRule) -> None:
        agreements.withdraw_rule(self.session, self.actor, self.rules[step.code])

    @_do.register
    def _(self, step: steps.Agreement) -> None:
        agreement = Agreement(
            kind=step.kind,
            **self._scope(step),
            liability_months=step.liability_months,
            full_liability_months=step.full_liability_months,
            earning=step.earning,
            reserve_rate=step.reserve_rate,
            reserve_release=step.reserve_release,
            valid=stretch(step.valid_from, step.valid_to),
        )
        agreements.add_agreement(self.session, self.actor, agreement)

    @_do.register
    def _(self, step: steps.Contract) -> None:
        self.contracts[step.number] = contracts.add_contract(
            self.session,
            self.actor,
            number=step.number,
            number_key=step.number,
            product=self.products[step.product],
            currency=self.scenario.currency,
            shares=self._shares(step.shares),
            applied_on=step.applied,
            issued_on=step.issued,
            organisation_id=self._organisation(step.organisation),
            division_id=self._division(step.division),
        )

    @_do.register
    def _(self, step: steps.Shares) -> None:
        contract = self.contracts[step.contract]
        shares = self._shares(step.shares)
        valid = stretch(step.valid_from, step.valid_to)
        contracts.set_shares(self.session, self.actor, contract, shares, valid)

    @_do.register
    def _(self, step: steps.Cancel) -> None:
        contract = self.contracts[step.contract]
        contracts.cut(self.session, self.actor, contract, step.on, void=step.void)

    @_do.register
    def _(self, step: steps.Reduce) -> None:
        contract = self.contracts[step.contract]
        contracts.cut(self.session, self.actor, contract, step.on, factor=step.factor)

    @_do.register
    def _(self, step: steps.Reinstate) -> None:
        contracts.reinstate(self.session, self.actor, self.contracts[step.contract])

    @_do.register
    def _(self, step: steps.Event) -> None:
        contracts.add_event(
            self.session,
            self.actor,
            ref=step.ref,
            contract=self.contracts[step.contract],
            kind=step.kind,
            effective=step.effective,
            due=step.due,
            basis=step.basis,
            received=step.received,
            units=step.units,
        )

    @_do.register
    def _(self, step: steps.Adjust) -> None:
        agreements.adjust(
            self.session,
            self.actor,
            hierarchy.company_of(self.session, self.actor, step.payee).id,
            day=step.on,
            amount=step.amount,
            currency=self.scenario.currency,
            text=step.text,
        )

    @_do.register
    def _(self, step: steps.Tax) -> None:
        company = hierarchy.company_of(self.session, self.actor, step.payee)
        agreements.set_withholdings(self.session, self.actor, company.id, step.withholdings)

    @_do.register
    def _(self, step: steps.Hold) -> None:
        company = hierarchy.company_of(self.session, self.actor, step.payee)
        valid = stretch(step.valid_from, step.valid_to)
        agreements.hold_payments(self.session, self.actor, company.id, valid)

    @_do.register
    def _(self, step: steps.Settle) -> None:
        session, actor = self.session, self.actor
        run = runs.begin(session, actor, step.through, full=self.full)
        while runs.calculate_next(session, actor, run.id) is not None:
            pass
        runs.finish(session, actor, run.id)
        second = Actor(actor.door, actor.pool_id, None, f"{actor.name} (approval)")
        runs.approve(session, second, run.id)
        runs.close(session, actor, run.id, ISSUED, issue=False)
        self.settlements.append(queries.movements_of(session, actor, run.id))

    def _scope(self, step: steps.Rule | steps.Agreement) -> dict[str, int | None]:
        session, actor = self.session, self.actor
        return {
            "product_id": self.products[step.product].id if step.product else None,
            "line_id": products.line_of(session, actor, step.line).id if step.line else None,
            "insurer_id": products.insurer_of(session, actor, step.insurer).id
            if step.insurer
            else None,
        }

    def _group(self, code: str | None) -> int | None:
        return hierarchy.group_of(self.session, self.actor, code).id if code else None

    def _level(self, code: str | None) -> int | None:
        return hierarchy.level_of(self.session, self.actor, code).id if code else None

    def _organisation(self, name: str | None) -> int | None:
        return agreements.organisation_of(self.session, self.actor, name).id if name else None

    def _division(self, name: str | None) -> int | None:
        return agreements.division_of(self.session, self.actor, name).id if name else None

    def _shares(self, shares: tuple[steps.Share, ...]) -> list[contracts.ShareOf]:
        return [
            contracts.ShareOf(self.producers[part.producer], Decimal(part.share)) for part in shares
        ]
