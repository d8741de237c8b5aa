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


class NotLetIn(Refused):
    """The pool has not let somebody in: his firm can ask, and no more."""

    def __init__(self) -> None:
        super().__init__("The pool has not let this person in: send the invitation again to ask.")


class ShutByPool(Refused):
    """The pool switched somebody off: his firm can ask, and no more."""

    def __init__(self) -> None:
        super().__init__("The pool has switched this access off: send the invitation again to ask.")


class NobodyWaits(Refused):
    """Nobody waits to be let in: that was decided, or taken back, meanwhile."""

    def __init__(self) -> None:
        super().__init__("This has been decided already.")


class SecondAdministrator(Refused):
    """Lost factors are reset by two: who asked for it does not confirm it."""

    def __init__(self) -> None:
        super().__init__("You asked for this yourself: another administrator confirms it.")


class ResetAsked(Refused):
    """A colleague asked for a reset meanwhile: asking again would confirm it unseen."""

    def __init__(self) -> None:
        super().__init__("A colleague has asked for this already: look at it and confirm it.")
