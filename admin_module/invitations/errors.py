"""What is refused about invitations."""

from shared.errors import Invalid, Refused


class NotAnAddress(Invalid):
    """What was typed is no e-mail address."""

    def __init__(self) -> None:
        super().__init__("This is not an e-mail address.", field="email")


class NameMissing(Invalid):
    """Somebody without a name."""

    def __init__(self) -> None:
        super().__init__("Give the person's name.", field="name")


class NotInvited(Refused):
    """Who has a password already needs no invitation."""

    def __init__(self) -> None:
        super().__init__("This person has a login already.")
