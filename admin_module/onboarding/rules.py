"""What is wrong in each cell of a list of firms and people, and what is there already. Pure."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from admin_module.companies.errors import Known
from admin_module.companies.rules import identifiers
from admin_module.companies.rules.doubles import SHARED, UNIQUE, name_key
from admin_module.onboarding.errors import (
    SuperiorNotOne,
    SuperiorPlaceless,
    SuperiorUnknown,
)
from shared.addresses import is_address
from shared.errors import Refused
from shared.permissions import Role
from shared.vocabulary import CompanyKind, FirmListState, IntermediaryType

YES: Final = frozenset({"yes", "ja", "так", "x", "1", "true"})
NUMBERS: Final = ("code", *UNIQUE)  # what one firm alone has
NAMED_BY: Final = (*NUMBERS, "name")
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
ROLE_MISSING: Final = "Write a role, broker or assistant: without one nobody is invited."
NO_LAST_NAME: Final = "The person's last name is missing."
NO_INVITATION: Final = "Without an e-mail address nobody can be invited."
NO_SUPERIOR: Final = SuperiorUnknown().message
TWO_SUPERIORS: Final = SuperiorNotOne("").message
NO_PLACE: Final = SuperiorPlaceless("").message
MOST_TOLD: Final = 5  # of those who are called so
TWO_FIRMS: Final = "Another row says otherwise of the same firm."
OTHERS: Final = "This is the number of %(firm)s, another firm."
LEFT: Final = "%(firm)s has left the pool: onboard it anew by hand."
SAME_NAME: Final = (
    "There is %(firm)s already, with another number. If this is a second firm of that name, write "
    "yes in the column Another firm."
)
SAME_VAT_ID: Final = (
    "%(other)s has this VAT ID. If this is another firm all the same, write yes in the column "
    "Another firm."
)
NO_NUMBER: Final = "Give its number or register number: its name does not tell it from the other."
NO_LOGIN: Final = "Kept as a person of the firm, without a login: no e-mail is given."
SENTENCES: Final = (
    NO_NAME, NO_KIND, NO_TYPE, NO_COUNTRY, NO_ADDRESS, NO_ROLE, ROLE_MISSING, NO_LAST_NAME,
    NO_INVITATION, NO_SUPERIOR, TWO_SUPERIORS, NO_PLACE, TWO_FIRMS, OTHERS, LEFT, SAME_NAME,
    SAME_VAT_ID, NO_NUMBER, NO_LOGIN,
)  # fmt: skip


class Superior(NamedTuple):
    """Somebody who is called as a list says.

    Attributes:
        told: the number and name people tell him by.
        producer_id: his place in the hierarchy, where he has one already.
        firm_id: of a firm that gets its place with this list; what row makes it, below zero.
    """

    told: str
    producer_id: int | None = None
    firm_id: int | None = None


Superiors = Mapping[str, tuple[Superior, ...]]


class Firms:
    """The firms there are already and those the rows before make, by what names them."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self.by: dict[tuple[str, str], Known] = {}
        for one in known:
            self.add(one)

    def add(self, firm: Known) -> None:
        """One more; of those of a name the one added last is meant."""
        for name in (*NAMED_BY, *SHARED):
            text = _text_of(firm, name)
            if text:
                self.by[name, _key(name, text)] = firm

    def called(self, name: str, text: object) -> Known | None:
        """The firm a cell speaks of."""
        return self.by.get((name, _key(name, str(text)))) if text else None


@dataclass
class Judged:
    """A row with what is wrong in its cells.

    Attributes:
        number: in the file.
        cells: as they stand there.
        said: what they mean, by field.
        errors: field → sentence.
        notes: field → sentence: what becomes of it, where that is not plain.
        values: what fills the places of the sentences.
        known: the company there is already.
        makes: whether it makes the firm: neither it nor a row before is there already.
    """

    number: int
    cells: dict[str, str]
    said: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    known: int | None = None
    makes: bool = False


def judge(
    number: int,
    cells: dict[str, str],
    firms: Firms,
    superiors: Superiors | None = None,
) -> Judged:
    """Look at a row: each cell by itself, then whether the firm is there already.

    Args:
        number: of the row in the file.
        cells: what it says, by field.
        firms: those there are, and those the rows before this one make: a firm this row makes is
            one of them from now on.
        superiors: who can be meant above, by numbers and names in small letters; the firms that
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
    try:
        superior(cells.get("above", ""), superiors or {})
    except Refused as refusal:
        judged.errors["above"] = refusal.message
        judged.values |= {name: str(value) for name, value in refusal.values.items()}
    _person(judged)
    _firm(judged, firms)
    return judged


def superior(above: str, superiors: Superiors) -> Superior | None:
    """Who stands above; None: nobody is named.

    Raises:
        SuperiorUnknown, SuperiorNotOne, SuperiorPlaceless: it can't be told, or has no place.
    """
    if not above:
        return None
    meant = superiors.get(above.casefold(), ())
    if not meant:
        raise SuperiorUnknown
    if len(meant) > 1:
        more = ["…"] if len(meant) > MOST_TOLD else []
        raise SuperiorNotOne(", ".join([one.told for one in meant[:MOST_TOLD]] + more))
    if meant[0].producer_id is None and meant[0].firm_id is None:
        raise SuperiorPlaceless(meant[0].told)
    return meant[0]


def told(code: str, name: str) -> str:
    """How somebody is told from others of his name."""
    return " ".join(dict.fromkeys(text for text in (code, name) if text))


def add_superior(
    superiors: MutableMapping[str, tuple[Superior, ...]],
    code: str,
    name: str,
    firm_id: int | None,
) -> None:
    """One more who can be meant: a firm that a row makes, by its number and its name."""
    one = Superior(told(code, name), firm_id=firm_id)
    for text in {code.casefold(), name.casefold()} - {""}:
        superiors[text] = (*superiors.get(text, ()), one)


def add_made(superiors: MutableMapping[str, tuple[Superior, ...]], judged: Judged) -> None:
    """Let later rows name the firm a row makes; an adviser's gets no place."""
    if judged.makes:
        adviser = judged.said.get("intermediary_type") is IntermediaryType.ADVISER
        code, name = (judged.cells.get(field, "") for field in ("code", "name"))
        add_superior(superiors, code, name, None if adviser else -judged.number)


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
    elif cells.get("person_email") and not cells.get("role"):
        judged.errors["role"] = ROLE_MISSING
    elif cells.get("last_name") and not cells.get("person_email"):
        judged.notes["last_name"] = NO_LOGIN


def standing(state: str, *, at_work: bool) -> FirmListState:
    """What a list truly is: a job that was stopped before it began leaves its state behind.

    Args:
        state: as it is stored.
        at_work: whether a job on it waits for its turn or goes on.
    """
    stored = FirmListState(state)
    if at_work:
        return stored
    left = {FirmListState.READING: FirmListState.STOPPED, FirmListState.TAKING: FirmListState.READ}
    return left.get(stored, stored)


def known_as(said: Mapping[str, Any], firms: Firms) -> Known | None:
    """The firm a row speaks of, where it is there already."""
    return next((firm for _, firm in _met(said, firms)), None)


def _met(said: Mapping[str, Any], firms: Firms) -> list[tuple[str, Known]]:
    """By which cells a row speaks of which firms; said to be another one it has but the name."""
    cells = NUMBERS if said.get("another") else NAMED_BY
    found = ((name, firms.called(name, said.get(name))) for name in cells)
    return [(name, firm) for name, firm in found if firm is not None]


def _firm(judged: Judged, firms: Firms) -> None:
    """Tell which firm a row speaks of; what could be two is said in the cell."""
    said = judged.said
    said["another"] = judged.cells.get("another", "").casefold() in YES
    met = _met(said, firms)
    firm = met[0][1] if met else None
    if said["another"] and not any(said.get(name) for name in NUMBERS):
        judged.errors["another"] = NO_NUMBER
    elif firm is not None:
        _same(judged, met)
        judged.known = firm.id if firm.id > 0 else None
    shared = firms.called("vat_id", said.get("vat_id"))
    elsewhere = shared is not None and (firm is None or shared.id != firm.id)
    if shared is not None and elsewhere and shared.live and not said["another"]:
        judged.errors["vat_id"], judged.values["other"] = SAME_VAT_ID, shared.name
    if firm is None and not judged.errors:
        judged.makes = True
        numbers = {name: str(said.get(name) or "") for name in (*UNIQUE, *SHARED)}
        firms.add(Known(-judged.number, said["name"], said.get("code") or "", numbers=numbers))


def _same(judged: Judged, met: list[tuple[str, Known]]) -> None:
    """Whether what a row says of a firm fits that one firm."""
    by, firm = met[0]
    others = [(name, one) for name, one in met[1:] if one.id != firm.id and name != "name"]
    wrong = ("", "")
    if not firm.live:
        wrong = (by, LEFT)
    elif others:
        wrong, firm = (others[0][0], OTHERS), others[0][1]
    elif by == "name" and any(_differs(judged.said, firm, name) for name in NUMBERS):
        wrong = (by, SAME_NAME if firm.id > 0 else TWO_FIRMS)
    if wrong[0]:
        judged.errors[wrong[0]], judged.values["firm"] = wrong[1], firm.name


def _differs(said: Mapping[str, Any], firm: Known, name: str) -> bool:
    """Whether a row and a firm both have a number, and not the same."""
    mine, yours = str(said.get(name) or ""), _text_of(firm, name)
    return bool(mine and yours) and mine.casefold() != yours.casefold()


def _text_of(firm: Known, name: str) -> str:
    own = {"code": firm.code, "name": firm.name}
    return own.get(name) or firm.numbers.get(name, "")


def _key(name: str, text: str) -> str:
    return name_key(text) if name == "name" else text.casefold()
