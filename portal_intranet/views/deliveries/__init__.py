"""Insurers' files: brought, looked at, taken over; and what came when."""

from portal_intranet.views.deliveries import arrived, brought
from portal_intranet.views.deliveries.room import blueprint

__all__ = ["arrived", "blueprint", "brought"]
