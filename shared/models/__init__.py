"""Tables as plain typed SQLAlchemy 2 models; no logic, no loading by surprise."""

from shared.models import (
    access,
    contracts,
    conversation,
    figures,
    hierarchy,
    incoming,
    kit,
    ledger,
    payees,
    pools,
    products,
    proposals,
    search,
    withheld,
    workplace,
)
from shared.models.base import Base

__all__ = [
    "Base",
    "access",
    "contracts",
    "conversation",
    "figures",
    "hierarchy",
    "incoming",
    "kit",
    "ledger",
    "payees",
    "pools",
    "products",
    "proposals",
    "search",
    "withheld",
    "workplace",
]
