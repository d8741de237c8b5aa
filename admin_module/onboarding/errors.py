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


class FileMissing(Invalid):
    """None was chosen."""

    def __init__(self) -> None:
        super().__init__("Choose a file.", field="files")
