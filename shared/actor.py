"""Who acts: the person or job behind a transaction, and whose rows it may touch."""

from dataclasses import dataclass, field

from shared.vocabulary import Door


@dataclass(frozen=True)
class Actor:
    """The one a transaction is opened for.

    Attributes:
        door: the process it comes through; decides the database role and its policies.
        pool_id: the pool whose rows are in reach.
        account_id: the person's login; None for a job of the system itself.
        name: what the journal writes.
        firm_ids: broker firms in reach (extranet only).
        signature: the database's own word that pool, firms and name belong to a living session;
            without it the extranet's role reads nothing.
        organisation_ids: organisations in reach (intranet); 0 stands for what names none. None: no
            wall; empty: none, where the pool has organisations at all.
        team_id: the team he works in now: what he makes belongs to it.
        limited: whether firms and insurers limited to others are hidden from him.
    """

    door: Door
    pool_id: int
    account_id: int | None
    name: str
    firm_ids: frozenset[int] = field(default_factory=frozenset)
    signature: str = field(default="", repr=False, compare=False)
    organisation_ids: frozenset[int] | None = None
    team_id: int | None = None
    limited: bool = True
