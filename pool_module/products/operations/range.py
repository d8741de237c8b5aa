"""The range, kept by people: products, their states, versions and documents."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from pool_module.crm.rules import bombs
from pool_module.products import queries as product_queries
from pool_module.products.errors import (
    CodeTaken,
    DaysReversed,
    FileRefused,
    NotThisStep,
    VersionNameTaken,
    VersionOverlaps,
)
from pool_module.products.queries import insurers
from pool_module.products.queries import range as queries
from pool_module.products.rules import STEPS, days_in_words, media_type_of
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock, stretch
from shared.errors import Span
from shared.models.contracts import Document
from shared.models.products import Product, ProductVersion
from shared.scanning import Scan, scanned
from shared.storage import store
from shared.vocabulary import ProductState

VERSION_LOCK = 7031


@dataclass(frozen=True, kw_only=True)
class ProductValues:
    """What is kept of a product; ``offered_until`` is the last day it is offered."""

    code: str
    name: str
    insurer_id: int
    line_id: int
    offered_from: date | None = None
    offered_until: date | None = None
    restricted: bool = False
    summary: str | None = None
    features: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class VersionValues:
    """A tariff generation; ``valid_to`` is the first day it no longer holds."""

    name: str
    valid_from: date | None
    valid_to: date | None
    unit_value: Decimal | None
    cap_years: int | None
    product_factor: Decimal


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it came, with what was said of it."""

    file_name: str
    content: bytes
    title: str | None
    valid_from: date | None
    kind: str = "product"


def create_product(
    session: Session, actor: Actor, values: ProductValues, *, state: str = ProductState.DRAFT
) -> Product:
    """Take a product into the range.

    Raises:
        CodeTaken: another one has its code.
        NoSuchInsurer: the pool has no such insurer.
    """
    _check(session, actor, values, None)
    product = Product(pool_id=actor.pool_id, state=state, **asdict(values))
    session.add(product)
    session.flush()
    audit.write(session, "created", "product", product.id, new=_told(asdict(values)))
    return product


def edit_product(
    session: Session, actor: Actor, product_id: int, values: ProductValues, *, version: int
) -> Product:
    """Change what is kept of a product; its insurer and line stay, contracts stand on them.

    Raises:
        Conflict: somebody saved it since ``version``.
        CodeTaken: another one has its code.
    """
    product = queries.get_product(session, actor, product_id, lock=True)
    if product.version != version:
        raise product_queries.conflict(session, actor, "product", product)
    _check(session, actor, values, product_id)
    wanted = asdict(values) | {"insurer_id": product.insurer_id, "line_id": product.line_id}
    old = {name: getattr(product, name) for name in wanted}
    changed = {name for name in wanted if old[name] != wanted[name]}
    if changed:
        for name in changed:
            setattr(product, name, wanted[name])
        session.flush()
        audit.write(
            session,
            "changed",
            "product",
            product_id,
            old=_told({name: old[name] for name in changed}),
            new=_told({name: wanted[name] for name in changed}),
        )
    return product


def move_product(
    session: Session, actor: Actor, product_id: int, state: str, *, version: int
) -> Product:
    """Activate or withdraw a product.

    Withdrawn: nothing new of it is submitted; its contracts go on being settled.

    Raises:
        Conflict: somebody saved it since ``version``.
        NotThisStep: its state can't become that.
    """
    product = queries.get_product(session, actor, product_id, lock=True)
    if product.version != version:
        raise product_queries.conflict(session, actor, "product", product)
    old = product.state
    if state not in STEPS.get(ProductState(old), ()):
        raise NotThisStep(old, state)
    product.state = state
    session.flush()
    audit.write(session, "moved", "product", product_id, old={"state": old}, new={"state": state})
    return product


def save_version(
    session: Session,
    actor: Actor,
    product_id: int,
    values: VersionValues,
    *,
    version_id: int | None = None,
) -> ProductVersion:
    """Add a tariff generation of a product, or change one.

    Args:
        session: the transaction.
        actor: who.
        product_id: of which product.
        values: all of it.
        version_id: the one to change; None: a new one.

    Raises:
        VersionOverlaps: another one holds on some of its days.
        VersionNameTaken: another one has its name.
        DaysReversed: it ends before it begins.
    """
    if values.valid_from and values.valid_to and values.valid_to <= values.valid_from:
        raise DaysReversed
    lock(session, VERSION_LOCK)  # two who add one at once: the second meets the first's
    queries.get_product(session, actor, product_id)
    valid = stretch(values.valid_from, values.valid_to)
    way = queries.find_version_in_the_way(
        session, actor, product_id, valid=valid, name=values.name, version_id=version_id
    )
    if way is not None and way.name == values.name:
        raise VersionNameTaken(way.name)
    if way is not None:
        days = Span.before(way.valid.lower, way.valid.upper)
        raise VersionOverlaps(way.name, days, way.id)
    if version_id is None:
        saved = ProductVersion(pool_id=actor.pool_id, product_id=product_id)
        session.add(saved)
    else:
        saved = queries.get_version(session, actor, product_id, version_id)
    old = None if version_id is None else _version_told(saved)
    saved.name = values.name
    saved.valid = valid
    saved.unit_value = values.unit_value
    saved.cap_years = values.cap_years
    saved.product_factor = values.product_factor
    session.flush()
    audit.write(
        session,
        "created" if version_id is None else "changed",
        "product_version",
        saved.id,
        old=old,
        new=_version_told(saved),
    )
    return saved


def add_document(
    session: Session,
    actor: Actor,
    product_id: int,
    upload: Upload,
    *,
    root: Path,
    version_id: int | None = None,
) -> Document:
    """Keep a document of a product, or of one of its versions.

    Args:
        session: the transaction.
        actor: who.
        product_id: of which product.
        upload: the file and what was said of it.
        root: where files are stored.
        version_id: the version it belongs to; None: the product as such.

    Raises:
        FileRefused: it is too large, empty, or not what its ending says.
    """
    queries.get_product(session, actor, product_id)
    if version_id is not None:
        queries.get_version(session, actor, product_id, version_id)
    media_type = media_type_of(upload.file_name, upload.content)
    if media_type is None:
        raise FileRefused
    scan = scanned(upload.content)
    if bombs.bursts(upload.content) or scan == Scan.INFECTED:
        raise FileRefused
    stored = store(root, actor.pool_id, None, upload.content)
    document = Document(
        pool_id=actor.pool_id,
        subject="product" if version_id is None else "product_version",
        subject_id=product_id if version_id is None else version_id,
        kind=upload.kind,
        title=upload.title or upload.file_name.rpartition(".")[0],
        valid_from=upload.valid_from,
        file_name=upload.file_name,
        media_type=media_type,
        sha256=stored.sha256,
        size=stored.size,
        scan=scan,
    )
    session.add(document)
    session.flush()
    audit.write(
        session,
        "added",
        "document",
        document.id,
        new={"product": product_id, "file": upload.file_name, "sha256": stored.sha256},
    )
    return document


def _check(session: Session, actor: Actor, values: ProductValues, product_id: int | None) -> None:
    if values.offered_from and values.offered_until and values.offered_until < values.offered_from:
        raise DaysReversed("offered_until")
    insurers.get_insurer(session, actor, values.insurer_id)
    taken = queries.find_product_in_the_way(session, actor, values.code, product_id)
    if taken is not None:
        raise CodeTaken(values.code, taken.name)


def _told(values: Mapping[str, object]) -> dict[str, object]:
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items()}


def _version_told(version: ProductVersion) -> dict[str, object]:
    return {
        "name": version.name,
        "valid": days_in_words(version.valid.lower, version.valid.upper),
        "unit_value": None if version.unit_value is None else str(version.unit_value),
        "cap_years": version.cap_years,
        "product_factor": str(version.product_factor),
    }
