"""What is refused of insurers and products."""

from shared.errors import Invalid, NotFound, Refused, Span


class NoSuchInsurer(NotFound):
    """There is no insurer of this number in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such insurer.")


class NoSuchProduct(NotFound):
    """There is no product of this number in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such product.")


class NoSuchDocument(NotFound):
    """There is no document of this number of a product."""

    def __init__(self) -> None:
        super().__init__("There is no such document.")


class CodeTaken(Refused):
    """Another one of the pool has this code."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(
            "The code %(code)s is taken by %(name)s.", field="code", code=code, name=name
        )


class VersionOverlaps(Refused):
    """Two tariff generations of a product on the same day."""

    def __init__(self, name: str, days: Span, version_id: int) -> None:
        super().__init__(
            "These days overlap version %(name)s, which holds %(days)s.",
            field="valid_from",
            name=name,
            days=days,
        )
        self.version_id = version_id


class VersionNameTaken(Refused):
    """Another version of the product has this name."""

    def __init__(self, name: str) -> None:
        super().__init__("There is a version %(name)s already.", field="name", name=name)


class DaysReversed(Invalid):
    """Something ends before it begins."""

    def __init__(self, field: str = "valid_until") -> None:
        super().__init__("The end must be after the beginning.", field=field)


class NotThisStep(Refused):
    """A product's state can't change so."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(
            "A product that is %(old)s can't become %(new)s.", field="state", old=old, new=new
        )


class FileRefused(Invalid):
    """A file of a kind or size that is not taken."""

    def __init__(self) -> None:
        super().__init__(
            "Take a PDF, an image, a text or an office file of at most 25 MB.", field="file"
        )


class NoFirms(Invalid):
    """Nobody was chosen."""

    def __init__(self) -> None:
        super().__init__("Choose at least one broker firm.", field="firms")
