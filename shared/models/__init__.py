"""Tables as plain typed SQLAlchemy 2 models; no logic, no loading by surprise."""

from shared.models import (
    access,
    contracts,
    conversation,
    entrance,
    figures,
    firms,
    hierarchy,
    incoming,
    kit,
    ledger,
    payees,
    pools,
    products,
    proposals,
    search,
    workplace,
)
from shared.models.base import Base

__all__ = [
    "Base",
    "access",
    "contracts",
    "conversation",
    "entrance",
    "figures",
    "firms",
    "hierarchy",
    "incoming",
    "kit",
    "ledger",
    "payees",
    "pools",
    "products",
    "proposals",
    "search",
    "workplace",
]
