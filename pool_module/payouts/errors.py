"""What the register of items refuses."""

from shared.errors import Invalid, NotFound, Refused


class NoSuchItem(NotFound):
    """There is no item of this number within reach."""

    def __init__(self) -> None:
        super().__init__("There is no such invoice.")


class NothingToPay(Invalid):
    """No item was chosen."""

    def __init__(self) -> None:
        super().__init__("Choose at least one.")


class PaidAlready(Refused):
    """An item is paid or set off already."""

    def __init__(self, number: str) -> None:
        super().__init__("%(number)s is paid already.", number=number)
