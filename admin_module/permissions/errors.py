"""What is refused when rights are given and taken."""

from shared.errors import Invalid, NotFound, Refused


class NoSuchRight(NotFound):
    """There is no such role, right or place."""

    def __init__(self) -> None:
        super().__init__("There is no such role, permission or company.")


class OtherDoor(Refused):
    """A right of the staff for a broker's role, or the reverse."""

    def __init__(self) -> None:
        super().__init__("This permission belongs to the other portal: no right leads there.")


class AuditorReads(Refused):
    """Something that changes things, for the auditor."""

    def __init__(self) -> None:
        super().__init__("An auditor only reads: this permission lets people change something.")


class GiverPays(Refused):
    """Who gives rights would approve payouts, or the reverse."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody may both give rights and approve payouts: take the other permission first."
        )


class NobodyLeft(Refused):
    """Nobody would be left who can give rights to people."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody would be left who may change permissions and people: give it somebody first."
        )


class ReasonMissing(Invalid):
    """A right changes for a reason."""

    def __init__(self) -> None:
        super().__init__("Say why.", field="reason")
