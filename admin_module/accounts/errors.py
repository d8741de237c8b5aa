"""What is refused about logins."""

from shared.errors import Forbidden, NotFound, Refused


class NoSuchPerson(NotFound):
    """A login that is not within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such person.")


class OwnLogin(Forbidden):
    """Somebody would shut himself out."""

    def __init__(self) -> None:
        super().__init__("This is your own login: another person has to do it.")


class SecondAdministrator(Refused):
    """Lost factors are reset by two: who asked for it does not confirm it."""

    def __init__(self) -> None:
        super().__init__("You asked for this yourself: another administrator confirms it.")


class ResetAsked(Refused):
    """A colleague asked for a reset meanwhile: asking again would confirm it unseen."""

    def __init__(self) -> None:
        super().__init__("A colleague has asked for this already: look at it and confirm it.")
