"""What is refused when parameters are set."""

from shared.errors import Invalid, NotFound


class NoSuchParameter(NotFound):
    """There is no such parameter, region or organisation."""

    def __init__(self) -> None:
        super().__init__("There is no such parameter, region or organisation.")


class NumberOutOfLimits(Invalid):
    """A number beyond what the parameter takes."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(
            "Type a whole number from %(least)s to %(most)s.", field="value", least=least, most=most
        )


class WordUnknown(Invalid):
    """A word that is none of the parameter's."""

    def __init__(self) -> None:
        super().__init__("Choose one of the values offered.", field="value")
