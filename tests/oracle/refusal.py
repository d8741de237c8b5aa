"""What the oracle says of a step it refuses."""


class RefusalError(Exception):
    """A malformed or refused step (settlement rules, "Scenario files").

    Attributes:
        field: the field it belongs to.
        step: number of the step counted from 1; 0 for the head of the file.
    """

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.step = 0
