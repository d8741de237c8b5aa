"""A pool contract's way into a broker's own keeping: what is copied, and the mark on it.

Everything here runs behind the extranet's door: it reads and writes rows of the actor's firms; the
mark on the pool's contract is the database's ``convert_contract``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Contract, Conversion, Customer, Document, PremiumDue
from shared.models.products import Insurer, Product

OF_CUSTOMER = (
    "legal_person", "last_name", "first_name", "title", "sort_key", "birth_date", "street",
    "postcode", "city", "country", "email", "phone",
)  # fmt: skip
OF_CONTRACT = (
    "insurer_id", "line_id", "number", "number_key", "sequence", "product_id", "producer_id",
    "state", "begin_on", "end_on", "next_due_on", "frequency", "net_premium", "gross_premium",
    "currency",
)  # fmt: skip
OF_DOCUMENT = (
    "kind", "title", "valid_from", "file_name", "media_type", "sha256", "size", "issued_at",
)  # fmt: skip


@dataclass(frozen=True)
class Copied:
    """The firm's own contract, and how many of the firm's papers came along."""

    contract_id: int
    documents: int


def find_pool_contract(session: Session, actor: Actor, contract_id: int) -> Contract | None:
    """A pool contract of the actor's firms."""
    return session.scalars(
        select(Contract).where(
            Contract.pool_id == actor.pool_id,
            Contract.firm_id.in_(actor.firm_ids),
            ~Contract.private,
            Contract.id == contract_id,
        )
    ).one_or_none()


def find_conversion(session: Session, actor: Actor, contract_id: int) -> Conversion | None:
    """What was written when a contract was taken over, by the pool's contract or the copy."""
    return session.scalars(
        select(Conversion).where(
            Conversion.pool_id == actor.pool_id,
            Conversion.firm_id.in_(actor.firm_ids),
            (Conversion.contract_id == contract_id)
            | (Conversion.private_contract_id == contract_id),
        )
    ).one_or_none()


def copy_contract(session: Session, actor: Actor, contract: Contract) -> Copied:
    """Copy a contract with holder, premiums and the firm's papers into the firm's own rows."""
    insurer, product = session.execute(
        select(Insurer.name, Product.name)
        .join(Product, (Product.pool_id == Insurer.pool_id) & (Product.insurer_id == Insurer.id))
        .where(Product.pool_id == actor.pool_id, Product.id == contract.product_id)
    ).one()
    copy = Contract(
        pool_id=actor.pool_id,
        firm_id=contract.firm_id,
        private=True,
        holder_id=_copy_holder(session, actor, contract),
        own_insurer=insurer,
        own_product=product,
        converted_from_id=contract.id,
        **{column: getattr(contract, column) for column in OF_CONTRACT},
    )
    session.add(copy)
    session.flush()
    _copy_premiums(session, actor, contract, copy)
    return Copied(copy.id, _copy_documents(session, actor, contract, copy))


def mark_converted(
    session: Session,
    actor: Actor,
    contract_id: int,
    copy_id: int,
    *,
    version: int,
    day: date,
    told: Mapping[str, object],
) -> int | None:
    """Mark the pool's contract as converted.

    Args:
        session: the transaction.
        actor: the broker.
        contract_id: the pool's contract.
        copy_id: the firm's own copy of it.
        version: of the contract as the broker saw it.
        day: the pool's.
        told: the consequences as he saw them.

    Returns:
        The conversion's id; None when the contract is not what he saw any more.
    """
    marked: int | None = session.execute(
        select(
            func.convert_contract(
                contract_id, version, day, literal(dict(told), JSONB), copy_id, actor.account_id
            )
        )
    ).scalar_one()
    return marked


def _copy_holder(session: Session, actor: Actor, contract: Contract) -> int | None:
    """The firm's own record of a holder: made once, however many of his contracts are taken."""
    holder = session.scalars(
        select(Customer).where(
            Customer.pool_id == actor.pool_id,
            Customer.id == contract.holder_id,
            Customer.firm_id.in_(actor.firm_ids),
        )
    ).one_or_none()
    if holder is None or holder.private:
        return holder.id if holder else None
    key = f"converted/{holder.id}"
    own = session.scalars(
        select(Customer.id).where(
            Customer.pool_id == actor.pool_id,
            Customer.firm_id == contract.firm_id,
            Customer.private,
            Customer.source_key == key,
        )
    ).first()
    if own is not None:
        return own
    copy = Customer(
        pool_id=actor.pool_id,
        firm_id=contract.firm_id,
        private=True,
        source_key=key,
        **{column: getattr(holder, column) for column in OF_CUSTOMER},
    )
    session.add(copy)
    session.flush()
    return copy.id


def _copy_premiums(session: Session, actor: Actor, contract: Contract, copy: Contract) -> None:
    columns = (PremiumDue.due_on, PremiumDue.amount, PremiumDue.paid_on, PremiumDue.paid_amount)
    session.execute(
        insert(PremiumDue).from_select(
            ["pool_id", "firm_id", "private", "contract_id", *(c.key for c in columns)],
            select(
                PremiumDue.pool_id, literal(copy.firm_id), literal(value=True), literal(copy.id),
                *columns,
            ).where(PremiumDue.pool_id == actor.pool_id, PremiumDue.contract_id == contract.id),
        )
    )  # fmt: skip


def _copy_documents(session: Session, actor: Actor, contract: Contract, copy: Contract) -> int:
    """Only what lies in the firm's folder: what the pool keeps for itself stays there."""
    columns = [getattr(Document, name) for name in OF_DOCUMENT]
    copied = session.execute(
        insert(Document)
        .from_select(
            ["pool_id", "firm_id", "private", "subject", "subject_id", *OF_DOCUMENT],
            select(
                Document.pool_id, Document.firm_id, literal(value=True), literal("contract"),
                literal(copy.id), *columns,
            ).where(
                Document.pool_id == actor.pool_id,
                Document.firm_id == contract.firm_id,
                ~Document.private,
                Document.subject == "contract",
                Document.subject_id == contract.id,
            ),
        )
        .returning(Document.id)
    )  # fmt: skip
    return len(copied.all())
