"""Producers and hierarchy: the network of any day, records, changes and who decides them."""

from portal_intranet.views.producers import changes, network
from portal_intranet.views.producers.blueprint import blueprint

__all__ = ["blueprint", "changes", "network"]
