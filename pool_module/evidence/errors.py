"""What the auditor's room refuses."""

from shared.errors import Invalid, NotFound


class NoSuchSample(NotFound):
    """There is no such line, statement or period within reach."""

    def __init__(self) -> None:
        super().__init__("There is no such statement, line or period.")


class NumberUnknown(Invalid):
    """No statement has the number that was typed."""

    def __init__(self, number: str) -> None:
        super().__init__("There is no statement %(number)s.", field="number", number=number)
