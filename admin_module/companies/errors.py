"""What is refused about companies, their proofs, accounts and people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.errors import Forbidden, Invalid, NotFound, Refused


@dataclass(frozen=True)
class Known:
    """A company that can be meant.

    Attributes:
        live: it works with the pool; False: it has left.
        open: the actor may see it.
        numbers: what it is known by, by field.
    """

    id: int
    name: str
    code: str
    live: bool = True
    open: bool = True
    numbers: Mapping[str, str] = field(default_factory=dict)


class NoSuchCompany(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such company.")


class NoSuchProof(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such proof.")


class NoSuchBankChange(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There are no such bank details.")


class NoSuchMember(NotFound):
    """There is nobody of that number within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such person.")


class IbanWrong(Invalid):
    """ISO 13616: country, length and check digits."""

    def __init__(self) -> None:
        super().__init__("This IBAN is not right: check its digits.", field="iban")


class RegisterNumberWrong(Invalid):
    """Sec. 11a GewO: the number in the German register of intermediaries."""

    def __init__(self) -> None:
        super().__init__(
            "A German register number looks like D-AB12-CD345-67.", field="register_number"
        )


class VatIdWrong(Invalid):
    """The German VAT identification number, with its check digit."""

    def __init__(self) -> None:
        super().__init__(
            "A German VAT ID is DE and nine digits; the last one does not agree with the others.",
            field="vat_id",
        )


class UkrainianVatIdWrong(Invalid):
    """The Ukrainian VAT payer's number."""

    def __init__(self) -> None:
        super().__init__("A Ukrainian VAT payer's number has 10 or 12 digits.", field="vat_id")


class AddressWrong(Invalid):
    """Where mail to the company goes is no e-mail address."""

    def __init__(self) -> None:
        super().__init__("This is not an e-mail address.", field="email")


class TaxNumberWrong(Invalid):
    """A German tax number, as one of the sixteen states writes it."""

    def __init__(self) -> None:
        super().__init__("This is no German tax number.", field="tax_number")


class CompanyCodeWrong(Invalid):
    """The Ukrainian register's code of a legal person."""

    def __init__(self) -> None:
        super().__init__(
            "A Ukrainian company's code has eight digits; the last one does not agree with the "
            "others.",
            field="national_id",
        )


class PersonalCodeWrong(Invalid):
    """The Ukrainian taxpayer's number of a natural person."""

    def __init__(self) -> None:
        super().__init__(
            "A Ukrainian taxpayer's number has ten digits; the last one does not agree with the "
            "others.",
            field="national_id",
        )


class CompanyCodeTaken(Refused):
    """Another company has this number."""

    def __init__(self, known: Known) -> None:
        super().__init__("%(name)s has this number already.", field="code", name=known.name)
        self.known = (known,)


class CompanyKnown(Refused):
    """The company is there already, by a number that is one company's alone.

    Attributes:
        known: the one there is.
    """

    def __init__(self, known: Known, field: str) -> None:
        super().__init__("This is %(name)s, which is there already.", field=field, name=known.name)
        self.known = (known,)


class CompanyOutOfReach(Refused):
    """The number is a company's the actor does not see: it is not named."""

    def __init__(self, field: str) -> None:
        super().__init__("A company out of your reach has this number already.", field=field)


class VatIdShared(Refused):
    """Another company has this VAT ID: said as it is typed, refused until somebody means it."""

    def __init__(self, known: Known) -> None:
        super().__init__("%(name)s has this VAT ID too.", field="vat_id", name=known.name)
        self.known = (known,)


class CompanyAlike(Refused):
    """A company there is may be meant: it is another one only if somebody says so.

    Attributes:
        known: those that may be meant.
    """

    def __init__(self, known: Sequence[Known]) -> None:
        super().__init__(
            "Is it %(names)s? Then go on there; if it is another one, tick this.",
            field="another",
            names=", ".join(f"{one.name} ({one.code})" for one in known),
        )
        self.known = tuple(known)


class NoPremiumCollection(Invalid):
    """Law 1909-IX of Ukraine: the contract would be void."""

    def __init__(self) -> None:
        super().__init__(
            "A natural person must not collect premiums in Ukraine: the contract would be void.",
            field="collects_premiums",
        )


class DaysReversed(Invalid):
    """A proof ends before it begins."""

    def __init__(self) -> None:
        super().__init__("The end must not be before the beginning.", field="valid_until")


class SignedLater(Invalid):
    """An agreement is signed when it is signed: a day to come is none."""

    def __init__(self) -> None:
        super().__init__("Nobody can have signed on a day to come.", field="signed_on")


class HoursMissing(Invalid):
    """Training is told in hours of a year."""

    def __init__(self) -> None:
        super().__init__("Say how many hours, and of which year.", field="hours")


class NotThatPerson(Invalid):
    """The person works elsewhere."""

    def __init__(self) -> None:
        super().__init__("This person does not work at this firm.", field="person_id")


class ProofDecided(Refused):
    """Somebody was quicker."""

    def __init__(self) -> None:
        super().__init__("This proof has been decided about already.")


class BankChangeOpen(Refused):
    """One change at a time."""

    def __init__(self) -> None:
        super().__init__(
            "New bank details are waiting already: they are decided, or withdrawn, first."
        )


class BankChangeDecided(Refused):
    """Somebody was quicker."""

    def __init__(self) -> None:
        super().__init__("These bank details have been decided about already.")


class SameAccount(Invalid):
    """Nothing would change."""

    def __init__(self) -> None:
        super().__init__("Payouts go to this account already.", field="iban")


class SecondPersonDecides(Forbidden):
    """Who proposed an account does not approve it."""

    def __init__(self) -> None:
        super().__init__("You proposed these bank details: a second person approves them.")


class NotYourProposal(Forbidden):
    """Bank details are taken back by who proposed them; others approve or refuse them."""

    def __init__(self) -> None:
        super().__init__("Only who proposed these bank details takes them back: refuse them.")


class SecondPersonChecks(Forbidden):
    """Who sent a proof for a firm does not say that it counts."""

    def __init__(self) -> None:
        super().__init__("You sent this proof: a second person checks it.")


class EvidenceMissing(Invalid):
    """An agent's account is evidenced, e.g. by the bank's letter."""

    def __init__(self) -> None:
        super().__init__("For an agent, attach what proves the account is his.", field="files")


class OwnWayOut(Refused):
    """Nobody shuts himself out."""

    def __init__(self) -> None:
        super().__init__("You can't do that to yourself: ask a colleague.")


class RoleNotYours(Forbidden):
    """Who may give which role."""

    def __init__(self) -> None:
        super().__init__("You can't give this role.")


class NotLeaving(Refused):
    """The state does not fit."""

    def __init__(self) -> None:
        super().__init__("The company is not in the state for this.")


class NoWayBackIn(Refused):
    """A month was settled since: what it booked rests on the firm having left."""

    def __init__(self, through: date) -> None:
        super().__init__(
            "The period through %(through)s has been settled since the firm left: it comes back by "
            "being onboarded anew.",
            through=through,
        )


class OneOperator(Invalid):
    """A pool is run by one company, which is made with it: no other becomes it, it nothing else."""

    def __init__(self) -> None:
        super().__init__(
            "A pool is run by one company, from the beginning: choose another kind.", field="kind"
        )


class StaysIntermediary(Invalid):
    """Gates and holds ask intermediaries alone: who works as one does not slip away from them."""

    def __init__(self) -> None:
        super().__init__(
            "This company sells or has people here: it can't become an insurer.", field="kind"
        )


class OperatorStays(Refused):
    """The company that runs the pool does not leave it."""

    def __init__(self) -> None:
        super().__init__("The company that runs the pool can't leave it.")


class SettingWrong(Invalid):
    """A number of days nobody means."""

    def __init__(self) -> None:
        super().__init__("Type a number of days from 1 to 30.", field="bank_wait_days")
