"""What a line of the journal says, in words: the one place where its keys and values have some.

The journal keeps what was written, as JSON: names of columns, codes, numbers of other things, days
as text. People read labels, words of the vocabulary, names and their own figures.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from pool_module.overview.queries.journal import names_of
from portal_intranet.forms.parameters import FORM_SET_NAMES, REGION_NAMES
from shared.db import Session
from shared.due import TermsBasis, TermsParty
from shared.labels import label
from shared.parameters import CATALOGUE, Parameter
from shared.permissions import Module, Permission, Role
from shared.sentences import SENTENCES
from shared.vocabulary import (
    ActivityStatus,
    ApplicationState,
    ChangeKind,
    CompanyKind,
    CompanyState,
    ContractState,
    DeliveryFormat,
    Gate,
    IntermediaryType,
    ProductState,
    ProofKind,
    ProofResult,
    RequestState,
    ThreadState,
)
from shared.web import formats

Text = LazyString | str
LAID_OUT: Final = frozenset({"cols", "sort", "after", "part", "format", "view", "rows"})

# what a key is called
FIELDS: Final[dict[str, Text]] = {
    "account": _("Person"),
    "active": _("Active"),
    "agreement_date": _("Partner since"),
    "agreement_number": _("Agreement number"),
    "allowed": _("Status"),
    "amount": _("Amount"),
    "applications": _("Applications"),
    "applied_on": _("Applied on"),
    "assignee": _("Given to"),
    "begin_on": _("Begin"),
    "birth_date": _("Birth date"),
    "city": _("City"),
    "code": _("Number"),
    "collects_premiums": _("Collects premiums for insurers"),
    "company": _("Company"),
    "company_id": _("Company"),
    "contracts": _("Contracts"),
    "copied_from": _("Copied from"),
    "country": _("Country"),
    "currency": _("Currency"),
    "customers": _("Customers"),
    "day": _("Day"),
    "default": _("Default team"),
    "discrepancies": _("Discrepancies"),
    "division": _("Division"),
    "division_id": _("Division"),
    "divisions": _("Divisions"),
    "document_store": _("Folder of its documents"),
    "door": _("Where"),
    "email": _("E-mail"),
    "end_on": _("End"),
    "events": _("Events"),
    "evidence": _("Evidence"),
    "executive": _("Account executive"),
    "exit_on": _("Left on"),
    "fax": _("Fax"),
    "file": _("File"),
    "firm": _("Firm"),
    "firms": _("Firms"),
    "first_name": _("First name"),
    "form_set": _("Forms of applications"),
    "format": _("Format"),
    "from": _("From"),
    "gate": _("Gate"),
    "global_rules": _("Rates of the whole pool"),
    "group": _("Rate group"),
    "holder": _("Account holder"),
    "iban": _("IBAN"),
    "insurer": _("Insurer"),
    "insurer_id": _("Insurer"),
    "intermediary_type": _("Intermediary type"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_name": _("Last name"),
    "level": _("Career level"),
    "level_id": _("Career level"),
    "licence_needed": _("A licence has to be proved"),
    "line_id": _("Line"),
    "margin": _("Pool margin"),
    "members": _("People"),
    "minimum_payout": _("Least payout"),
    "missing": _("Missing"),
    "module": _("Module"),
    "modules": _("Modules"),
    "name": _("Name"),
    "national_id": _("National code (Ukraine)"),
    "natural_person": _("Natural person (sole trader)"),
    "net_premium": _("Net premium"),
    "note": _("Note"),
    "number": _("Number"),
    "old_iban": _("IBAN before"),
    "on": _("Status"),
    "organisation": _("Organisation"),
    "organisation_id": _("Organisation"),
    "organisations_on": _("Organisations"),
    "overrides": _("Override"),
    "parent_id": _("Stands under"),
    "party": _("Whose terms"),
    "payable": _("Payable"),
    "payable_days": _("We pay after"),
    "payable_from": _("We pay: counted"),
    "period": _("Period"),
    "permission": _("Permission"),
    "phone": _("Phone"),
    "postcode": _("Postcode"),
    "producer_id": _("Producer"),
    "product": _("Product"),
    "product_id": _("Product"),
    "query": _("Filter"),
    "rate": _("Rate"),
    "rates": _("Rates"),
    "reads_until": _("Reads until"),
    "reason": _("Reason"),
    "receivable": _("Receivable"),
    "receivable_days": _("We are paid after"),
    "receivable_from": _("We are paid: counted"),
    "region": _("Region"),
    "register_number": _("Register number"),
    "remit_to": _("Payee's name on its papers (remit to)"),
    "reserve": _("Reserve"),
    "restricted": _("Restricted"),
    "result": _("Result"),
    "rights": _("Rights"),
    "role": _("Role"),
    "rules": _("Rates"),
    "scope": _("Where"),
    "signatory": _("Signs for the company"),
    "signatory_position": _("Position"),
    "state": _("Status"),
    "status": _("Status"),
    "street": _("Street and number"),
    "tax_note": _("Tax note on statements"),
    "tax_number": _("Tax number"),
    "team": _("Team"),
    "team_id": _("Team"),
    "teams": _("Teams"),
    "text": _("Text"),
    "through": _("Through"),
    "title": _("Title"),
    "to": _("Until"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "value": _("Value"),
    "vat_id": _("VAT ID"),
    "without_team": _("People without a team"),
}
# of single kinds of things, where they differ
FIELDS_OF: Final[dict[tuple[str, str], Text]] = {
    ("company", "from"): _("Like which firm"),
    ("parameter_value", "name"): _("Parameter"),
    ("pool", "default"): _("Default organisation"),
    ("pool", "teams"): _("Teams"),
}
# numbers of rows nobody knows by their number
UNTOLD: Final = frozenset({"proof", "bank_change", "document", "line", "sha256", "version"})
# words of the vocabulary, by key, or by kind of thing and key
CODES: Final[dict[str, type[Enum]]] = {
    "format": DeliveryFormat, "gate": Gate, "intermediary_type": IntermediaryType,
    "module": Module, "party": TermsParty, "payable_from": TermsBasis,
    "receivable_from": TermsBasis, "result": ProofResult, "role": Role, "status": ActivityStatus,
}  # fmt: skip
CODES_OF: Final[dict[tuple[str, str], type[Enum]]] = {
    ("application", "state"): ApplicationState, ("clearance_request", "state"): RequestState,
    ("company", "kind"): CompanyKind, ("company", "state"): CompanyState,
    ("contract", "state"): ContractState, ("product", "state"): ProductState,
    ("proposal", "kind"): ChangeKind, ("thread", "state"): ThreadState,
}  # fmt: skip
# of which kind a number is; lists of them too
NAMES: Final[dict[str, str]] = {
    "account": "account", "assignee": "account", "company": "company", "company_id": "company",
    "division": "division",
    "division_id": "division", "executive": "account", "firm": "company", "group": "group",
    "insurer": "insurer", "insurer_id": "insurer", "level": "level", "level_id": "level",
    "line_id": "line", "organisation": "organisation", "organisation_id": "organisation",
    "parent_id": "producer", "producer_id": "producer", "product": "product",
    "product_id": "product", "team": "team", "team_id": "team", "teams": "team",
}  # fmt: skip
NAMES_OF: Final[dict[tuple[str, str], str]] = {
    ("company", "from"): "company", ("membership", "default"): "team",
}  # fmt: skip
DOORS: Final = {"intranet": _("Intranet"), "extranet": _("Extranet"), "worker": _("Job")}
LEVELS: Final = {"pool": _("Pool"), "insurer": _("Insurer")}
AMOUNTS: Final = frozenset(
    {"amount", "margin", "minimum_payout", "net_premium", "payable", "receivable", "reserve"}
)
AMOUNT: Final = re.compile(r"-?\d+(\.\d+)?")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")


class Fact(NamedTuple):
    """A key of a line with what it was and is, in the reader's words; empty: it was not said."""

    name: str
    before: str
    after: str


def facts_of(session: Session, lines: Iterable[Any]) -> list[list[Fact]]:
    """What lines of the journal say, each fact by its name.

    Args:
        session: the transaction; names are asked for once.
        lines: rows with ``subject``, ``old`` and ``new`` (None: nothing).
    """
    found = [(line.subject, line.old or {}, line.new or {}) for line in lines]
    names = names_of(session, _numbers(found))
    return [_facts(subject, old, new, names) for subject, old, new in found]


def told(facts: Iterable[Fact]) -> str:
    """What is now, in one line."""
    return " · ".join(f"{fact.name}: {fact.after}" for fact in facts if fact.after)


def parameter_value(name: Parameter | str, value: Any) -> Text:
    """A parameter's value as people read it."""
    definition = CATALOGUE[Parameter(name)]
    if definition.codes is not None:
        return label(definition.codes, value).text
    return ngettext("%(num)s day", "%(num)s days", value)


def _facts(
    subject: str, old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[Any, str]
) -> list[Fact]:
    facts = [
        Fact(_called(subject, key), *(_said(subject, key, said, names) for said in (old, new)))
        for key in {**new, **old}
        if key not in UNTOLD
    ]
    return [fact for fact in facts if fact.before or fact.after]


def _called(subject: str, key: str) -> str:
    return str(FIELDS_OF.get((subject, key)) or FIELDS.get(key) or key.replace("_", " "))


def _said(subject: str, key: str, values: Mapping[str, Any], names: Mapping[Any, str]) -> str:
    value = values.get(key)
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(_said(subject, key, {key: each}, names) for each in value)
    if isinstance(value, dict):
        return " · ".join(
            f"{_called(subject, part)}: {_said(subject, part, value, names)}" for part in value
        )
    if isinstance(value, bool):
        return _yes(key, given=value)
    kind, number = _kind_of(subject, key), value
    if kind is None:
        kind, number = "company", _company_of(subject, key, value)
    if isinstance(number, int):
        return names.get((kind, number)) or f"{number}"
    return str(_word(subject, key, values) or _plain(key, value))


def _yes(key: str, *, given: bool) -> str:
    if key == "allowed":
        return gettext("granted") if given else gettext("revoked")
    if key in {"on", "organisations_on"}:
        return gettext("on") if given else gettext("off")
    return gettext("yes") if given else gettext("no")


def _word(subject: str, key: str, values: Mapping[str, Any]) -> Text | None:
    """What a code means to people; None: it is none."""
    value = values[key]
    if subject == "company" and key == "kind" and value in set(ProofKind):
        return label(ProofKind, value).text  # of a proof of a company
    codes = CODES_OF.get((subject, key)) or CODES.get(key)
    if codes is not None:
        return label(codes, value).text
    if subject == "parameter_value":
        return _of_parameter(key, values)
    if key in {"permission", "scope"} and subject == "role_permission":
        return _of_right(key, str(value))
    return _of_words(key, value)


def _of_parameter(key: str, values: Mapping[str, Any]) -> Text | None:
    if values.get("name") not in set(Parameter):
        return None
    if key == "name":
        return label(Parameter, values["name"]).text
    return parameter_value(values["name"], values["value"]) if key == "value" else None


def _of_right(key: str, value: str) -> Text | None:
    if key == "permission":
        return SENTENCES[Permission(value)] if value in set(Permission) else None
    if value == "*":
        return gettext("Everywhere")
    kind = value[1:]
    if value.startswith("k") and kind in set(CompanyKind):
        return gettext("Level %(level)s", level=label(CompanyKind, kind).text)
    return None


def _filter(query: str) -> str:
    """What was looked for, as it was typed; how a list was laid out says nothing."""
    asked = ((key, said) for key, said in parse_qsl(query) if key not in LAID_OUT)
    return " · ".join(said if key == "q" else f"{key} {said}" for key, said in asked) or "–"


def _of_words(key: str, value: Any) -> Text | None:
    if key == "query":
        return _filter(str(value or ""))
    if key == "door":
        return DOORS.get(value)
    if key == "country":
        return formats.country(value)
    if key == "language":
        locale = get_locale()
        return str(locale.languages.get(value, value)) if locale else None
    if key == "form_set":
        return FORM_SET_NAMES.get(value)
    return REGION_NAMES.get(value) if key == "region" else None


def _plain(key: str, value: Any) -> str:
    """Days, moments, amounts and numbers in the reader's format."""
    if key in AMOUNTS and AMOUNT.fullmatch(str(value)):
        return formats.figures().number(Decimal(str(value)))
    if isinstance(value, int):
        return formats.count(value)
    return _day(value) if isinstance(value, str) else str(value)


def _day(value: str) -> str:
    try:
        if DAY.fullmatch(value):
            return formats.day(date.fromisoformat(value))
        if MOMENT.fullmatch(value):
            return formats.moment(datetime.fromisoformat(value))
    except ValueError:
        return value  # it only looked like one
    return value


def _kind_of(subject: str, key: str) -> str | None:
    if subject == "pool":
        return None  # there teams and the like are counted
    return NAMES_OF.get((subject, key)) or NAMES.get(key)


def _numbers(
    lines: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]],
) -> dict[str, set[int]]:
    """Which things lines name by number, by kind."""
    wanted: dict[str, set[int]] = {}
    for subject, *sides in lines:
        for key, value in ((k, v) for side in sides for k, v in side.items()):
            kind = _kind_of(subject, key)
            if kind is not None:
                given = value if isinstance(value, list) else [value]
                wanted.setdefault(kind, set()).update(
                    n for n in given if isinstance(n, int) and not isinstance(n, bool)
                )
            company = _company_of(subject, key, value)
            if company is not None:
                wanted.setdefault("company", set()).add(company)
    return wanted


def _company_of(subject: str, key: str, value: Any) -> int | None:
    """The company a right was said for, out of its place (``c7``)."""
    number = str(value)[1:]
    of_right = (subject, key) == ("role_permission", "scope") and number.isdecimal()
    return int(number) if of_right else None
