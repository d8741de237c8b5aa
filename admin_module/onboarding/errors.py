"""What is refused while a firm comes in."""

from shared.errors import Invalid, NotFound, Refused


class NotLikeItself(Invalid):
    """A firm is its own template."""

    def __init__(self) -> None:
        super().__init__("Choose another firm as the template.", field="template_id")


class NoSuchList(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such list.")


class ListUnreadable(Refused):
    """The file is none, or has no column that names a firm."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "No row of the file says which column is which: a column must be called Firm.",
            field="files",
        )


class ListTooLong(Refused):
    """A list has so many rows."""

    status = 422

    def __init__(self, most: int) -> None:
        super().__init__("A list has at most %(most)s rows: split it.", field="files", most=most)


class ListNotReady(Refused):
    """It is being read, or taken over already."""

    def __init__(self) -> None:
        super().__init__("The list is not ready to be taken over.")


class ListNotStopped(Refused):
    """Nobody stopped it: it is being read, or was."""

    def __init__(self) -> None:
        super().__init__("Only a list whose reading was stopped is read again.")


class ListInUse(Refused):
    """It is at work, or firms came of it."""

    def __init__(self) -> None:
        super().__init__("A list that is at work, or that firms came of, is not thrown away.")


class FileMissing(Invalid):
    """None was chosen."""

    def __init__(self) -> None:
        super().__init__("Choose a file.", field="files")


class FileEmpty(Invalid):
    """One was chosen, and nothing stands in it."""

    def __init__(self) -> None:
        super().__init__("The file is empty.", field="files")


class SuperiorUnknown(Invalid):
    """Whom a firm of a list stands under is not there; it never stands at the top instead."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody has this number or name. Write the number or the name of a firm or person in "
            "the hierarchy, or of a firm in a row above.",
            field="above",
        )


class SuperiorNotOne(Invalid):
    """Whom a firm of a list stands under could be several."""

    def __init__(self, several: str) -> None:
        super().__init__(
            "Several are called so: %(several)s. Write a number or name that only one of them has.",
            field="above",
            several=several,
        )


class SuperiorPlaceless(Invalid):
    """Whom a firm of a list stands under stands nowhere himself."""

    def __init__(self, above: str) -> None:
        super().__init__(
            "%(above)s has no place in the hierarchy: give it one first, or name a firm or person "
            "that has one.",
            field="above",
            above=above,
        )


class LastNameMissing(Invalid):
    """The first user of a firm has no last name."""

    def __init__(self) -> None:
        super().__init__("The person's last name is missing.", field="last_name")


class UserAddressMissing(Invalid):
    """Somebody is named as a firm's first user, and nobody knows where to invite him."""

    def __init__(self) -> None:
        super().__init__(
            "Type the e-mail as well, or leave the person's name empty.", field="user_email"
        )


class UserAddressWrong(Invalid):
    """Where the invitation of a firm's first user goes is no e-mail address."""

    def __init__(self) -> None:
        super().__init__("This is not an e-mail address.", field="user_email")
