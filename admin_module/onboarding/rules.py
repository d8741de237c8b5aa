"""What is wrong in each cell of a list of firms and people, and what is there already. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from admin_module.companies.rules import identifiers
from admin_module.onboarding.errors import SuperiorUnknown
from shared.addresses import is_address
from shared.errors import Refused
from shared.permissions import Role
from shared.vocabulary import CompanyKind, IntermediaryType

YES: Final = frozenset({"yes", "ja", "так", "x", "1", "true"})
NAMED_BY: Final = ("code", "register_number", "national_id", "name")
COUNTRIES: Final = {"de": "DE", "deutschland": "DE", "germany": "DE", "німеччина": "DE",
                    "ua": "UA", "ukraine": "UA", "україна": "UA"}  # fmt: skip
KINDS: Final = {
    "supergroup": CompanyKind.SUPERGROUP, "super-group": CompanyKind.SUPERGROUP,
    "obergruppe": CompanyKind.SUPERGROUP, "супергрупа": CompanyKind.SUPERGROUP,
    "group": CompanyKind.GROUP, "gruppe": CompanyKind.GROUP, "група": CompanyKind.GROUP,
    "subgroup": CompanyKind.SUBGROUP, "sub-group": CompanyKind.SUBGROUP,
    "untergruppe": CompanyKind.SUBGROUP, "підгрупа": CompanyKind.SUBGROUP,
    "firm": CompanyKind.FIRM, "firma": CompanyKind.FIRM, "фірма": CompanyKind.FIRM,
    "partner": CompanyKind.PARTNER, "партнер": CompanyKind.PARTNER,
}  # fmt: skip
TYPES: Final = {
    "broker": IntermediaryType.BROKER, "makler": IntermediaryType.BROKER,
    "брокер": IntermediaryType.BROKER,
    "agent": IntermediaryType.AGENT, "vertreter": IntermediaryType.AGENT,
    "агент": IntermediaryType.AGENT,
    "sub-agent": IntermediaryType.SUB_AGENT, "sub_agent": IntermediaryType.SUB_AGENT,
    "untervertreter": IntermediaryType.SUB_AGENT, "субагент": IntermediaryType.SUB_AGENT,
    "adviser": IntermediaryType.ADVISER, "berater": IntermediaryType.ADVISER,
    "versicherungsberater": IntermediaryType.ADVISER, "радник": IntermediaryType.ADVISER,
    "tip giver": IntermediaryType.TIP_GIVER, "tip_giver": IntermediaryType.TIP_GIVER,
    "tippgeber": IntermediaryType.TIP_GIVER,
}  # fmt: skip
ROLES: Final = {
    "broker": Role.BROKER, "makler": Role.BROKER, "брокер": Role.BROKER,
    "assistant": Role.ASSISTANT, "assistent": Role.ASSISTANT, "assistenz": Role.ASSISTANT,
    "асистент": Role.ASSISTANT,
}  # fmt: skip
# sentences of the preview; the portal translates them
NO_NAME: Final = "The firm's name is missing."
NO_KIND: Final = "This is no kind of company: group, firm, partner …"
NO_TYPE: Final = "This is no type of intermediary: broker, agent, sub-agent, adviser, tip giver."
NO_COUNTRY: Final = "Write the country as DE or UA."
NO_ADDRESS: Final = "This is no e-mail address."
NO_ROLE: Final = "The role is broker or assistant."
NO_LAST_NAME: Final = "The person's last name is missing."
NO_INVITATION: Final = "Without an e-mail address nobody can be invited."
NO_SUPERIOR: Final = SuperiorUnknown().message
TWO_FIRMS: Final = "Another row says otherwise of the same firm."
SENTENCES: Final = (
    NO_NAME, NO_KIND, NO_TYPE, NO_COUNTRY, NO_ADDRESS, NO_ROLE, NO_LAST_NAME, NO_INVITATION,
    NO_SUPERIOR, TWO_FIRMS,
)  # fmt: skip


@dataclass
class Judged:
    """A row with what is wrong in its cells.

    Attributes:
        number: in the file.
        cells: as they stand there.
        said: what they mean, by field.
        errors: field → sentence.
        known: the company there is already.
    """

    number: int
    cells: dict[str, str]
    said: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    known: int | None = None


def judge(
    number: int,
    cells: dict[str, str],
    known: Mapping[str, Mapping[str, int]],
    superiors: Collection[str] = frozenset(),
) -> Judged:
    """Look at a row: each cell by itself, then whether the firm is there already.

    Args:
        number: of the row in the file.
        cells: what it says, by field.
        known: companies by what names them: field → text in small letters → id.
        superiors: numbers and names of who can stand above, in small letters; the firms that
            rows before this one make are among them.
    """
    judged = Judged(number, cells, dict(cells))
    if not cells.get("name"):
        judged.errors["name"] = NO_NAME
    _word(judged, "kind", KINDS, NO_KIND, CompanyKind.FIRM)
    _word(judged, "intermediary_type", TYPES, NO_TYPE, IntermediaryType.BROKER)
    _word(judged, "country", COUNTRIES, NO_COUNTRY, "DE")
    _word(judged, "role", ROLES, NO_ROLE, None)
    person = cells.get("natural_person", "").casefold() in YES
    judged.said["natural_person"] = person
    country = judged.said.get("country") or "DE"
    for name in identifiers.FIELDS:
        _identifier(judged, name, country, person=person)
    for name in ("email", "person_email"):
        typed = cells.get(name, "")
        if typed and not is_address(typed):
            judged.errors[name] = NO_ADDRESS
    if lacks_superior(cells.get("above", ""), superiors):
        judged.errors["above"] = NO_SUPERIOR
    _person(judged)
    judged.known = known_as(judged.said, known)
    return judged


def lacks_superior(above: str, superiors: Collection[str]) -> bool:
    """Whether somebody is named who can't stand above."""
    return bool(above) and above.casefold() not in superiors


def named(judged: Judged) -> frozenset[str]:
    """By what later rows can name the firm a row makes; where it makes none, by nothing."""
    adviser = judged.said.get("intermediary_type") is IntermediaryType.ADVISER
    if judged.errors or judged.known or adviser:
        return frozenset()
    texts = (judged.cells.get("code", ""), judged.cells.get("name", ""))
    return frozenset(text.casefold() for text in texts if text)


def _word(judged: Judged, name: str, words: Mapping[str, Any], wrong: str, otherwise: Any) -> None:
    typed = judged.cells.get(name, "").casefold()
    if not typed:
        judged.said[name] = otherwise
    elif typed in words:
        judged.said[name] = words[typed]
    else:
        judged.errors[name] = wrong


def _identifier(judged: Judged, name: str, country: str, *, person: bool) -> None:
    typed = judged.cells.get(name, "")
    try:
        judged.said[name] = identifiers.checked(name, typed, country=country, natural_person=person)
    except Refused as refusal:
        judged.errors[name] = refusal.message


def _person(judged: Judged) -> None:
    cells = judged.cells
    if not any(cells.get(name) for name in ("first_name", "last_name", "person_email", "role")):
        return
    if not cells.get("last_name"):
        judged.errors["last_name"] = NO_LAST_NAME
    if cells.get("role") and not cells.get("person_email"):
        judged.errors["person_email"] = NO_INVITATION


def known_as(said: Mapping[str, Any], known: Mapping[str, Mapping[str, int]]) -> int | None:
    """The company a row speaks of, where it is there already."""
    for name in NAMED_BY:
        value = str(said.get(name) or "").casefold()
        if value and value in known.get(name, {}):
            return known[name][value]
    return None
