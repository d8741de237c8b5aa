"""What steps refer to: stated before, stated once, settled in order.

Not here: overlaps, cycles and factors, which need what earlier steps come to; the engine refuses
those.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats import steps
from pool_module.settlement.formats.steps import Step

NAMES: Final[Mapping[type, Mapping[str, str]]] = {
    # step: its fields that name something stated before, and what
    steps.Placement: {"producer": "producer", "parent": "producer"},
    steps.Career: {"producer": "producer"},
    steps.Status: {"producer": "producer"},
    steps.Group: {"producer": "producer"},
    steps.Reserve: {"producer": "producer"},
    steps.Rule: {"producer": "producer", "product": "product"},
    steps.WithdrawRule: {"code": "standing rule"},
    steps.Agreement: {"product": "product"},
    steps.Contract: {"product": "product"},
    steps.Shares: {"contract": "contract"},
    steps.Cancel: {"contract": "contract"},
    steps.Reduce: {"contract": "contract"},
    steps.Reinstate: {"contract": "contract"},
    steps.Event: {"contract": "contract"},
}
ONCE: Final[Mapping[type, Mapping[str, str]]] = {
    # step: its field that must be new, and what it makes
    steps.Rule: {"code": "rule"},
    steps.Contract: {"number": "contract"},
    steps.Event: {"ref": "event"},
}


class References:
    """What the steps so far have stated."""

    def __init__(self) -> None:
        self._stated: dict[str, set[str]] = {
            what: set()
            for what in ("producer", "product", "contract", "event", "rule", "standing rule")
        }
        self._products: dict[str, steps.Product] = {}
        self._settled: date | None = None

    def check(self, number: int, step: Step) -> None:
        """Refuse a step that refers to nothing or repeats; else remember what it states.

        Args:
            number: which step of the file it is, counted from 1.
            step: the step, all steps before it having been checked.

        Raises:
            ScenarioRefused: unknown or repeated code, or a settlement not later than the last.
        """
        for field, what in NAMES.get(type(step), {}).items():
            self._refuse_unknown(number, field, what, getattr(step, field))
        for field, what in ONCE.get(type(step), {}).items():
            if getattr(step, field) in self._stated[what]:
                raise ScenarioRefused(number, field, f"repeated {what}: {getattr(step, field)}")
        if isinstance(step, steps.Contract | steps.Shares):
            for place, share in enumerate(step.shares, 1):
                field = f"shares[{place}].producer"
                self._refuse_unknown(number, field, "producer", share.producer)
        if isinstance(step, steps.Product):
            self._refuse_another_product(number, step)
        if isinstance(step, steps.Settle):
            self._refuse_not_later(number, step)
        self._remember(step)

    def _refuse_unknown(self, number: int, field: str, what: str, code: str | None) -> None:
        if code is not None and code not in self._stated[what]:
            raise ScenarioRefused(number, field, f"unknown {what}: {code}")

    def _refuse_another_product(self, number: int, step: steps.Product) -> None:
        before = self._products.get(step.code, step)
        if before != step:
            why = f"{step.code} stands as {before.line} of {before.insurer}"
            raise ScenarioRefused(number, "code", why)

    def _refuse_not_later(self, number: int, step: steps.Settle) -> None:
        if self._settled is not None and step.through <= self._settled:
            why = f"not later than the settlement before: {self._settled}"
            raise ScenarioRefused(number, "through", why)

    def _remember(self, step: Step) -> None:
        match step:
            case steps.Producer():
                self._stated["producer"].add(step.code)
            case steps.Product():
                self._stated["product"].add(step.code)
                self._products[step.code] = step
            case steps.Rule():
                self._stated["rule"].add(step.code)
                self._stated["standing rule"].add(step.code)
            case steps.WithdrawRule():
                self._stated["standing rule"].remove(step.code)
            case steps.Contract():
                self._stated["contract"].add(step.number)
            case steps.Event():
                self._stated["event"].add(step.ref)
            case steps.Settle():
                self._settled = step.through
            case _:
                pass


def check_references(all_steps: Iterable[Step]) -> None:
    """Check the references of a whole file, its steps counted from 1."""
    references = References()
    for number, step in enumerate(all_steps, 1):
        references.check(number, step)
