"""What is refused about organisations, divisions and teams."""

from shared.errors import Forbidden, Invalid, NotFound, Refused


class NoSuchUnit(NotFound):
    """There is none of this number."""

    def __init__(self) -> None:
        super().__init__("There is no such organisation, division or team.")


class NoSuchMember(NotFound):
    """There is nobody of this number among the staff."""

    def __init__(self) -> None:
        super().__init__("There is no such member of staff.")


class NoSuchLimit(NotFound):
    """There is no such limit, or it has ended."""

    def __init__(self) -> None:
        super().__init__("There is no such limit.")


class NameTaken(Invalid):
    """Another one is called so."""

    def __init__(self, name: str) -> None:
        super().__init__("There is another one called %(name)s.", field="name", name=name)


class LayerOff(Refused):
    """There are no organisations before the layer is enabled."""

    def __init__(self) -> None:
        super().__init__("Organisations are not enabled.")


class LayerOn(Refused):
    """It is enabled once."""

    def __init__(self) -> None:
        super().__init__("Organisations are enabled already.")


class NotTyped(Invalid):
    """The confirmation is not the name that was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__("Type %(name)s exactly as it stands here.", field="typed", name=name)


class StaysWhereItIs(Refused):
    """A division never changes its organisation, nor a team its division."""

    def __init__(self) -> None:
        super().__init__(
            "It can't be moved: set it inactive and create it again where it is to be.",
            field="parent",
        )


class DefaultStays(Refused):
    """The default organisation holds what names none."""

    def __init__(self) -> None:
        super().__init__("The default organisation can't be inactive.", field="active")


class NotActive(Invalid):
    """What is inactive takes nothing new."""

    def __init__(self) -> None:
        super().__init__("It is inactive.")


class StoreInvalid(Invalid):
    """A folder's name that is none."""

    def __init__(self) -> None:
        super().__init__(
            "Use letters, digits, - and _ alone, up to 40 of them.", field="document_store"
        )


class NoPicture(Invalid):
    """A logo is a PNG or SVG picture."""

    def __init__(self) -> None:
        super().__init__("A logo is a PNG or SVG picture of at most 1 MB.", field="logo")


class OneOf(Invalid):
    """Neither an insurer nor a broker firm is named, or nobody is called so."""

    def __init__(self) -> None:
        super().__init__("Name one insurer or one broker firm of the list.", field="subject")


class DefaultTeamMissing(Invalid):
    """The default team is not one of the teams."""

    def __init__(self) -> None:
        super().__init__("The default team has to be one of the chosen ones.", field="default")


class StillWorkedIn(Refused):
    """People work in a unit and nowhere else: without it they would see and write nothing."""

    def __init__(self, names: str) -> None:
        super().__init__(
            "Give another team first to those who work here alone: %(names)s.",
            field="active",
            names=names,
        )


class TeamMissing(Invalid):
    """Behind the wall who works in no team sees and writes nothing."""

    def __init__(self) -> None:
        super().__init__(
            "Choose a team: who works in none sees nothing while there are organisations.",
            field="teams",
        )


class NotYourself(Forbidden):
    """Nobody puts himself into teams."""

    def __init__(self) -> None:
        super().__init__("A colleague chooses your own teams.")
