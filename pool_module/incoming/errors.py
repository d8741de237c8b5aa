"""Refusals of the incoming room: a file or a value that can't be taken, said in one sentence."""

from shared.errors import Invalid


class DeliveryRefused(Invalid):
    """A delivered file can't be read at all; nothing of it was taken."""


class NotThisFormat(DeliveryRefused):
    """The file is not of the format it was delivered as."""


class DeliveryTooLarge(DeliveryRefused):
    """The file, or what it would unpack to, is over the limit."""

    status = 413


class DoesNotFit(Invalid):
    """A value can't be written into its field of an insurer's file; ``field`` names it."""
