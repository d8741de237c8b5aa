"""What is refused about modules."""

from shared.errors import NotFound, Refused


class ModuleOfNobody(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such company.")


class StandingOnIt(Refused):
    """Nobody could switch it on again."""

    def __init__(self) -> None:
        super().__init__(
            "The company that runs the pool needs this module: nobody could switch it on again."
        )
