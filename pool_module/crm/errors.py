"""What is refused about customers, documents, threads and tasks."""

from shared.errors import Forbidden, Invalid, NotFound, Refused


class NoSuchRecord(NotFound):
    """The record is not there, or not within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such record.")


class NameMissing(Invalid):
    """A customer without a name."""

    def __init__(self) -> None:
        super().__init__("Enter a name.", field="last_name")


class WhichFirm(Invalid):
    """Somebody who works for several firms has to say for which one."""

    def __init__(self) -> None:
        super().__init__("Say which firm this is for.", field="firm_id")


class FileRefused(Invalid):
    """A file of a kind nobody here can open."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s is no file we can take: send PDF, JPEG, PNG, HEIC, Word, Excel, "
            "OpenDocument or text.",
            field="files",
            name=name,
        )


class FileTooLarge(Invalid):
    """A file above the limit."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__(
            "%(name)s is larger than %(most)s MB.", field="files", name=name, most=most
        )


class FileEmpty(Invalid):
    """A file without content: a picture that was not taken, an upload that broke off."""

    def __init__(self, name: str) -> None:
        super().__init__("%(name)s is empty: choose it again.", field="files", name=name)


class FileBursts(Invalid):
    """An archive or a picture that becomes huge when it is opened."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s would become too large when it is opened, or holds an archive: "
            "save it again, or send it as PDF.",
            field="files",
            name=name,
        )


class FileInfected(Invalid):
    """A file in which the scanner found malware."""

    def __init__(self, name: str) -> None:
        super().__init__("Malware was found in %(name)s: it is not kept and not opened.",
                         field="files", name=name)  # fmt: skip


class FileWaits(Refused):
    """A file that nobody opens before the scanner has looked at it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s is being checked for malware. Try again in a few minutes.", name=name
        )


class NoPages(Invalid):
    """Pages to be joined that are no pictures."""

    def __init__(self) -> None:
        super().__init__("Only JPEG and PNG pictures can be joined into one PDF.", field="files")


class NothingWritten(Invalid):
    """A message without a word."""

    def __init__(self) -> None:
        super().__init__("Write something first.", field="body")


class NotThatWay(Refused):
    """A thread does not go from this state to that one."""

    def __init__(self) -> None:
        super().__init__("This thread is no longer in a state in which that can be done.")


class LineMissing(Invalid):
    """A correction was booked, but which one is not said."""

    def __init__(self) -> None:
        super().__init__("Name the statement line that corrects it.", field="line_id")


class TitleMissing(Invalid):
    """A task or thread without a title."""

    def __init__(self) -> None:
        super().__init__("Say in a few words what it is about.", field="title")


class WouldNotSee(Invalid):
    """A task is given to somebody who works in no team of its organisation."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s works in another organisation and would not see this task.",
            field="assignee",
            name=name,
        )


class TakenElsewhere(Refused):
    """He is a customer of another organisation, which has not agreed to a second one."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s is a customer of another organisation: ask it in the clearance first.",
            field="last_name",
            name=name,
        )


class KnownHere(Refused):
    """He is a customer already."""

    def __init__(self, name: str) -> None:
        super().__init__("%(name)s is a customer of yours already.", field="last_name", name=name)


class ReasonMissing(Invalid):
    """A request says why."""

    def __init__(self) -> None:
        super().__init__("Say why.", field="reason")


class AskedAlready(Refused):
    """The own organisation has asked, and there is no answer yet, or a good one."""

    def __init__(self) -> None:
        super().__init__("Your organisation has asked about this customer already.")


class Decided(Refused):
    """Somebody was quicker."""

    def __init__(self) -> None:
        super().__init__("It has been decided already.")


class NotYourOwn(Forbidden):
    """Who asks does not decide."""

    def __init__(self) -> None:
        super().__init__("Somebody else has to decide on what you asked for.")


class AskedFromHere(Forbidden):
    """Nor does the organisation that asks."""

    def __init__(self) -> None:
        super().__init__("The organisation that asked does not decide on its own request.")
