"""What holds for a role at a place, and what must never be given or taken."""

import pytest

from admin_module.permissions.errors import AuditorReads, GiverPays, NobodyLeft, OtherDoor
from admin_module.permissions.rules import Holders, Place, cell, refuse, rights_of
from portal_intranet.forms.permissions import GROUPS
from shared.parameters import CATALOGUE, Parameter
from shared.permissions import Permission, Role
from shared.sentences import SENTENCES

POOL = Place(1, "pool", "Nordlicht")
FIRM = Place(2, "firm", "Kiefer")
LEVEL, EVERYWHERE = Place(kind="firm"), Place()
STAFF = [Holders("admin", 1, "pool", 1), Holders("assistant", 2, "firm", 3)]
KEY = ("assistant", "own_contracts")


def test_the_narrowest_word_holds_and_says_where_from() -> None:
    words = {(*KEY, "*"): False, (*KEY, "kfirm"): True}
    assistant, contracts = Role.ASSISTANT, Permission.OWN_CONTRACTS
    here = cell(assistant, contracts, FIRM, words)
    assert (here.own, here.allowed, here.source) == (None, True, "kfirm")
    level = cell(assistant, contracts, LEVEL, words)
    assert (level.own, level.inherited, level.source) == (True, False, "*")
    bare = cell(assistant, contracts, EVERYWHERE, {})
    assert (bare.own, bare.inherited, bare.source) == (None, True, "role")
    assert rights_of("assistant", FIRM, words) == {"own_contracts": True}


@pytest.mark.parametrize(
    ("role", "permission", "refusal"),
    [
        (Role.ASSISTANT, Permission.RATES_READ, OtherDoor),
        (Role.CLERK, Permission.OWN_CONTRACTS, OtherDoor),
        (Role.AUDITOR, Permission.RATES_EDIT, AuditorReads),
        (Role.ADMIN, Permission.SETTLEMENT_APPROVE, GiverPays),
        (Role.ACCOUNTANT, Permission.PERMISSIONS_EDIT, GiverPays),
        (Role.DIRECTOR, Permission.ACCOUNTS_EDIT, GiverPays),
    ],
)
@pytest.mark.parametrize("place", [EVERYWHERE, Place(kind="pool"), POOL])
def test_what_is_never_given(
    role: Role, permission: Permission, refusal: type[Exception], place: Place
) -> None:
    with pytest.raises(refusal):
        refuse((role, permission, place), {}, STAFF, {}, allowed=True)


def test_a_right_given_everywhere_meets_what_was_given_below() -> None:
    """The clerk of one company may approve: then clerks everywhere may not give rights."""
    words = {("clerk", "settlement_approve", "c1"): True}
    with pytest.raises(GiverPays):
        refuse((Role.CLERK, Permission.ACCOUNTS_EDIT, EVERYWHERE), words, STAFF, {}, allowed=True)


@pytest.mark.parametrize("permission", [Permission.PERMISSIONS_EDIT, Permission.ACCOUNTS_EDIT])
@pytest.mark.parametrize("place", [EVERYWHERE, Place(kind="pool"), POOL])
def test_somebody_stays_who_can_give_rights(permission: Permission, place: Place) -> None:
    with pytest.raises(NobodyLeft):
        refuse((Role.ADMIN, permission, place), {}, STAFF, {}, allowed=False)
    other = [*STAFF, Holders("admin", 9, "partner", 1)]
    if place is not EVERYWHERE:
        refuse((Role.ADMIN, permission, place), {}, other, {}, allowed=False)
    # a company without the module gives nobody anything
    with pytest.raises(NobodyLeft):
        refuse((Role.ADMIN, permission, POOL), {}, other, {9: {"admin"}}, allowed=False)


def test_inheriting_again_is_refused_where_giving_would_be() -> None:
    words = {
        ("clerk", "settlement_approve", "*"): True,
        ("clerk", "accounts_edit", "*"): True,
        ("clerk", "accounts_edit", "c1"): False,
    }
    with pytest.raises(GiverPays):
        refuse((Role.CLERK, Permission.ACCOUNTS_EDIT, POOL), words, STAFF, {}, allowed=None)


def test_every_permission_has_its_sentence_and_stands_in_one_group() -> None:
    listed = [permission for _, group in GROUPS for permission in group]
    assert sorted(listed) == sorted(Permission)
    assert set(SENTENCES) == {*Permission, *Parameter}


def test_every_parameter_has_a_default_within_its_limits() -> None:
    for name, definition in CATALOGUE.items():
        assert definition.accepts(definition.default), name
    days = CATALOGUE[Parameter.BANK_WAITING_DAYS]
    assert not any(days.accepts(value) for value in (-1, 31, True, "3", None))
    assert not CATALOGUE[Parameter.PAYABLE_BASIS].accepts("tomorrow")
    assert set(CATALOGUE) == set(Parameter)
