"""What agreements and rules refuse."""

from shared.errors import Invalid, NotFound, Refused, Span


class OverlapRefused(Refused):
    """Another rule or agreement of the same key holds on some of these days.

    Attributes:
        code: of the one in the way.
        days: when that holds.
        way_id: its number.
    """

    code: str
    days: Span
    way_id: int


class RateOverlaps(OverlapRefused):
    """Another rate of the same key holds on some of these days."""

    def __init__(self, code: str, days: Span, way_id: int) -> None:
        super().__init__(
            "The rate %(code)s holds %(days)s for the same kind, scope, person and organisation: "
            "end it first, or choose other days.",
            field="from",
            code=code,
            days=days,
        )
        self.code, self.days, self.way_id = code, days, way_id


class AgreementOverlaps(OverlapRefused):
    """Another agreement of the same kind and scope holds on some of these days."""

    def __init__(self, days: Span, way_id: int) -> None:
        super().__init__(
            "Another agreement of the same kind and scope holds %(days)s: end it first, or choose "
            "other days.",
            field="from",
            days=days,
        )
        self.code, self.days, self.way_id = str(way_id), days, way_id


class NoSuchRule(NotFound):
    """There is no rule of this number in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such rate.")


class NoSuchAgreement(NotFound):
    """There is no agreement of this number in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such agreement.")


class RuleReplaced(Refused):
    """Somebody replaced or withdrew the rule since it was opened."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "The rate %(code)s was changed or withdrawn while you had it open.", code=code
        )


class AgreementReplaced(Refused):
    """Somebody replaced or ended the agreement since it was opened."""

    def __init__(self) -> None:
        super().__init__("This agreement was changed or ended while you had it open.")


class RuleDaysReversed(Invalid):
    """A rule or agreement ends before it begins."""

    def __init__(self) -> None:
        super().__init__("The end must be after the beginning.", field="valid_until")


class RuleCodeTaken(Refused):
    """Another rule has this code."""

    def __init__(self, code: str) -> None:
        super().__init__("There is a rate %(code)s already.", field="code", code=code)


class NothingChosen(Invalid):
    """Nothing was chosen to act on."""

    def __init__(self) -> None:
        super().__init__("Choose at least one.")


class ProducerNotFound(Invalid):
    """Nobody is called so."""

    def __init__(self, typed: str) -> None:
        super().__init__("There is no producer %(typed)s.", field="producer", typed=typed)


class ProducerUnclear(Invalid):
    """Several are called so."""

    def __init__(self, typed: str, names: str) -> None:
        super().__init__(
            "%(typed)s could be %(names)s. Type the code.",
            field="producer",
            typed=typed,
            names=names,
        )


class NoSuchTerms(NotFound):
    """There are no payment terms of this number in the pool."""

    def __init__(self) -> None:
        super().__init__("There are no such payment terms.")


class TermsInTheWay(Refused):
    """Other active terms hold for the same company and organisation.

    Attributes:
        way_id: the number of those in the way.
    """

    def __init__(self, name: str, *, way_id: int) -> None:
        super().__init__(
            "%(name)s has active terms for the same organisation already.", field="whom", name=name
        )
        self.way_id = way_id


class NobodyNamed(Invalid):
    """Whom terms are for is not within reach."""

    def __init__(self) -> None:
        super().__init__("Choose whom the terms are for.", field="whom")


class TeamElsewhere(Invalid):
    """A team's terms that are to hold in an organisation: the order asks for no such ones."""

    def __init__(self) -> None:
        super().__init__(
            "A team belongs to one organisation: leave the organisation of its terms open.",
            field="organisation_id",
        )


class NothingAgreed(Invalid):
    """Neither side has days."""

    def __init__(self) -> None:
        super().__init__("Type the days of at least one side.", field="payable_days")


class BelowNothing(Invalid):
    """An amount that can't be negative."""

    def __init__(self) -> None:
        super().__init__("Type an amount of zero or more.", field="amount")
