"""The gates, cell by cell (domain, compliance gates)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from shared.gates.rules import TABLE, GatedFirm, Proven, checks, verdicts
from shared.gates.words import EFFECTS, effect_of
from shared.vocabulary import (
    Gate,
    GateAction,
    GatePoint,
    IntermediaryType,
    ProofKind,
    ProofResult,
    Standing,
)
from shared.web.assets import STATIC

DAY = date(2026, 11, 21)
TRANSLATIONS = STATIC.parents[2] / "translations"
S, C, P = GatePoint.SUBMISSION, GatePoint.CONTRACT, GatePoint.PAYOUT


def proven(kind: ProofKind, **changes: object) -> Proven:
    given: dict[str, object] = {
        "result": ProofResult.VALID, "valid_from": date(2020, 1, 1),
        "signed_on": date(2020, 1, 1) if kind is ProofKind.AGREEMENT else None, **changes,
    }  # fmt: skip
    return Proven(kind, **given)  # type: ignore[arg-type]


def firm(**changes: object) -> GatedFirm:
    """A firm that has proved everything."""
    kinds = (ProofKind.REGISTER, ProofKind.INDEMNITY, ProofKind.AGREEMENT)
    whole = GatedFirm(
        id=1, name="Firma", kind="firm", state="active", country="DE", language="de",
        intermediary_type="broker", natural_person=False, collects_premiums=False,
        register_number="D-AB12-CD345-67", has_account=True, since=date(2019, 1, 1),
        proofs={kind: proven(kind) for kind in kinds}, untrained=0, people=2,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


def without(kind: ProofKind) -> GatedFirm:
    whole = firm()
    return firm(proofs={k: v for k, v in whole.proofs.items() if k is not kind})


def acts(of: GatedFirm, point: GatePoint, day: date = DAY, **case: bool) -> dict[Gate, GateAction]:
    return {v.gate: v.action for v in verdicts(of, point, day, **case)}


def test_who_proved_everything_meets_no_gate() -> None:
    for point in GatePoint:
        assert acts(firm(), point) == {}


@pytest.mark.parametrize(
    ("kind", "gate", "expected"),
    [
        (ProofKind.REGISTER, Gate.REGISTER, {S: "block", C: "warn", P: "hold"}),
        (ProofKind.INDEMNITY, Gate.INDEMNITY, {S: "block", C: "warn", P: "hold"}),
        (ProofKind.AGREEMENT, Gate.AGREEMENT, {S: "block", C: "block", P: "hold"}),
    ],
)
def test_a_missing_proof(kind: ProofKind, gate: Gate, expected: dict[GatePoint, str]) -> None:
    for point in GatePoint:
        assert acts(without(kind), point)[gate].value == expected[point]


def test_an_indemnity_insurance_holds_payouts_only_after_thirty_days() -> None:
    ended = DAY - timedelta(days=30)
    proofs = {**firm().proofs, ProofKind.INDEMNITY: proven(ProofKind.INDEMNITY, valid_until=ended)}
    of = firm(proofs=proofs)
    assert acts(of, S) == {Gate.INDEMNITY: GateAction.BLOCK}
    assert acts(of, P) == {}
    assert acts(of, P, DAY + timedelta(days=1)) == {Gate.INDEMNITY: GateAction.HOLD}


def test_training_of_last_year_only_warns_and_only_at_submission() -> None:
    of = firm(untrained=1)
    assert acts(of, S) == {Gate.TRAINING: GateAction.WARN}
    assert acts(of, C) == acts(of, P) == {}
    assert acts(firm(untrained=None), S) == {Gate.TRAINING: GateAction.WARN}
    assert acts(firm(untrained=None, since=date(2026, 2, 1)), S) == {}  # it owes none yet


def test_an_agreement_nobody_has_signed_is_none() -> None:
    proofs = {**firm().proofs, ProofKind.AGREEMENT: proven(ProofKind.AGREEMENT, signed_on=None)}
    assert acts(firm(proofs=proofs), C) == {Gate.AGREEMENT: GateAction.BLOCK}


def test_a_product_that_is_not_released() -> None:
    for point in (S, C):
        assert acts(firm(), point, sells=False) == {Gate.AUTHORISATION: GateAction.BLOCK}
    assert acts(firm(), P, sells=False) == {}


def test_without_an_account_payouts_wait_and_nothing_else() -> None:
    of = firm(has_account=False)
    assert acts(of, P) == {Gate.BANK: GateAction.HOLD}
    assert acts(of, S) == acts(of, C) == {}


def test_a_sanctions_hit_holds_quietly_everywhere() -> None:
    hit = proven(ProofKind.SANCTIONS, result=ProofResult.FAILED)
    of = firm(proofs={**firm().proofs, ProofKind.SANCTIONS: hit})
    for point in GatePoint:
        assert acts(of, point) == {Gate.SANCTIONS: GateAction.SILENT}


def test_health_data_need_consent_at_submission() -> None:
    assert acts(firm(), S, consent=False) == {Gate.CONSENT: GateAction.BLOCK}
    assert acts(firm(), C, consent=False) == {}


def test_a_natural_person_in_ukraine_collects_no_premiums() -> None:
    of = firm(country="UA", natural_person=True, collects_premiums=True)
    assert acts(of, S) == acts(of, C) == {Gate.COLLECTION: GateAction.BLOCK}
    assert acts(of, P) == {}


def test_a_background_check_that_ran_out_keeps_new_business_away() -> None:
    ran_out = proven(ProofKind.BACKGROUND, valid_until=DAY - timedelta(days=1))
    of = firm(proofs={**firm().proofs, ProofKind.BACKGROUND: ran_out})
    assert acts(of, S) == {Gate.BACKGROUND: GateAction.BLOCK}
    assert acts(of, P) == {}


def test_what_a_former_partner_earned_waits_for_no_licence() -> None:
    of = replace(without(ProofKind.REGISTER), state="exit")
    assert acts(of, P) == {}
    assert acts(replace(of, has_account=False), P) == {Gate.BANK: GateAction.HOLD}


def test_a_tip_giver_needs_no_licence_and_an_adviser_no_account() -> None:
    tip = firm(intermediary_type=IntermediaryType.TIP_GIVER, proofs={}, has_account=False)
    assert {c.gate for c in checks(tip, DAY)} == {Gate.AGREEMENT, Gate.BANK}
    adviser = firm(intermediary_type=IntermediaryType.ADVISER, has_account=False)
    assert acts(adviser, P) == {}
    # whatever he has not proved: no payout of his could be held
    unproved = replace(adviser, proofs={})
    assert acts(unproved, P) == {}
    assert Gate.REGISTER in acts(unproved, S)


def test_the_pool_itself_is_asked_nothing() -> None:
    assert acts(firm(kind="pool", proofs={}, has_account=False), P) == {}


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.GOOD),
        ({"valid_until": DAY}, Standing.ENDING),
        ({"valid_until": DAY + timedelta(days=60)}, Standing.ENDING),
        ({"valid_until": DAY + timedelta(days=61)}, Standing.GOOD),
        ({"valid_until": DAY - timedelta(days=1)}, Standing.EXPIRED),
        ({"result": ProofResult.FAILED}, Standing.FAILED),
    ],
)
def test_standings(changes: dict[str, object], standing: Standing) -> None:
    of = firm(proofs={ProofKind.REGISTER: proven(ProofKind.REGISTER, **changes)})
    assert {c.gate: c.standing for c in checks(of, DAY)}[Gate.REGISTER] is standing


def test_what_was_sent_waits_to_be_checked() -> None:
    of = firm(proofs={}, submitted=frozenset({ProofKind.REGISTER}))
    found = {c.gate: c.standing for c in checks(of, DAY)}
    assert found[Gate.REGISTER] is Standing.SUBMITTED
    assert found[Gate.INDEMNITY] is Standing.MISSING


def test_every_gate_is_in_the_table() -> None:
    assert set(TABLE) == set(Gate)


def test_every_cell_has_its_words() -> None:
    assert {(p, a) for row in TABLE.values() for p, a in row.items()} == set(EFFECTS)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "sperrt die Einreichung; warnt bei der Vertragsanlage; hält die Auszahlung zurück"),
        ("uk", "блокує подання заяви; попереджає під час укладення договору; призупиняє виплату"),
        ("en", "blocks submitting; warns when the contract is made; holds back the payout"),
    ],
)
def test_what_a_gate_does_is_a_sentence(language: str, said: str) -> None:
    app = Flask(__name__)
    Babel(app, default_translation_directories=str(TRANSLATIONS))  # type: ignore[no-untyped-call]
    with app.test_request_context(), force_locale(language):
        assert effect_of(Gate.REGISTER) == said
        assert effect_of(Gate.BANK, paid=False) == effect_of(Gate.SANCTIONS, aloud=True) == ""
