"""What a role may in a company: its own permissions, what was given or taken, modules, leaving."""

import pytest

from shared.permissions import (
    KEPT_IN_EXIT,
    Module,
    Permission,
    Role,
    effective,
    module_of,
    permissions_of,
)


@pytest.mark.parametrize("role", Role)
def test_nothing_changed_is_what_the_role_may(role: Role) -> None:
    assert effective(role, {}, ()) == permissions_of(role)


def test_a_right_is_given_and_taken() -> None:
    held = effective(Role.CLERK, {"rates_edit": True, "export": False}, ())
    assert held == permissions_of(Role.CLERK) - {Permission.EXPORT} | {Permission.RATES_EDIT}


def test_no_right_leads_through_the_other_door() -> None:
    assert effective(Role.CLERK, {"own_statements": True}, ()) == permissions_of(Role.CLERK)
    assert effective(Role.BROKER, {"settlement_run": True}, ()) == permissions_of(Role.BROKER)


def test_unknown_words_give_nothing() -> None:
    assert effective("emperor", {"export": True}, ()) == frozenset()
    assert effective(Role.AUDITOR, {"rule_the_world": True}, ()) == permissions_of(Role.AUDITOR)


@pytest.mark.parametrize("module", Module)
@pytest.mark.parametrize("role", Role)
def test_without_a_module_what_goes_with_it_is_gone(role: Role, module: Module) -> None:
    held = effective(role, {}, (module.value,))
    assert held == {p for p in permissions_of(role) if module_of(p) != module}
    assert Permission.START in held


def test_without_the_pool_a_broker_keeps_what_is_his_own() -> None:
    held = effective(Role.BROKER, {}, (Module.POOL, Module.ADMIN))
    assert held == {Permission.START, Permission.OWN_CUSTOMERS}


def test_a_former_partner_reads() -> None:
    held = effective(Role.BROKER, {"own_convert": True}, (), leaving=True)
    assert held == KEPT_IN_EXIT


def test_who_gives_rights_does_not_approve_payouts() -> None:
    assert Permission.SETTLEMENT_APPROVE not in permissions_of(Role.ADMIN)


def test_who_settles_sees_the_whole_pool_until_it_is_taken() -> None:
    everything = Permission.REPORTS_ALL
    assert everything in effective(Role.ACCOUNTANT, {}, ())
    assert everything not in effective(Role.ACCOUNTANT, {everything.value: False}, ())
    assert everything not in effective(Role.CLERK, {}, ())
