"""Reading the range: products, their versions, documents and lines."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from pool_module.products.errors import NoSuchDocument, NoSuchProduct
from shared import scope
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.contracts import Document
from shared.models.pools import day_of
from shared.models.products import Agreement, Insurer, LineOfBusiness, Product, ProductVersion

LINE_NAMES = {code: getattr(LineOfBusiness, f"name_{code}") for code in ("de", "uk", "en")}


def line_name(language: str) -> ColumnElement[str]:
    """A line's name in a language, its code where it has none."""
    return func.coalesce(LINE_NAMES.get(language, LineOfBusiness.name_en), LineOfBusiness.code)


def has_agreement() -> ColumnElement[bool]:
    """Whether an agreement stands today for the product, its line or its insurer."""
    return exists(
        select(Agreement.id).where(
            Agreement.pool_id == Product.pool_id,
            Agreement.superseded_at.is_(None),
            Agreement.valid.op("@>")(day_of(func.clock_timestamp(), Agreement.pool_id)),
            or_(
                Agreement.product_id == Product.id,
                Agreement.line_id == Product.line_id,
                Agreement.insurer_id == Product.insurer_id,
            ),
        )
    )


def _named(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
    return or_(
        *(
            column.icontains(value, autoescape=True)
            for value in values
            for column in (Product.name, Product.code)
        )
    )


def _agreed(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
    return has_agreement() if values[0] else ~has_agreement()


def product_list(session: Session, actor: Actor, language: str) -> Listing:
    """The pool's products; catch-alls too, which take deliveries without a known name."""
    assert session.info["actor"] == actor
    return Listing(
        name="products",
        source=select()
        .select_from(Product)
        .join(Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id))
        .join(
            LineOfBusiness,
            (LineOfBusiness.pool_id == Product.pool_id) & (LineOfBusiness.id == Product.line_id),
        )
        .where(*_within(actor)),
        id=Product.id,
        columns=(
            Column("code", Product.code, Shape.ID, sort=Product.code),
            Column("name", Product.name, Shape.TEXT, sort=func.lower(Product.name)),
            Column("insurer", Insurer.name, Shape.TEXT, sort=func.lower(Insurer.name)),
            Column("line", line_name(language), Shape.TEXT, sort=line_name(language)),
            Column("state", Product.state, Shape.CODE, sort=Product.state),
            Column("offered_from", Product.offered_from, Shape.DAY, sort=Product.offered_from),
            Column("offered_until", Product.offered_until, Shape.DAY, sort=Product.offered_until),
            Column("restricted", Product.restricted, Shape.FLAG),
            Column("agreed", has_agreement(), Shape.FLAG),
        ),
        filters=(
            Filter("q", Product.name, Shape.TEXT, condition=_named),
            Filter("insurer", Product.insurer_id, Shape.COUNT),
            Filter("line", Product.line_id, Shape.COUNT),
            Filter("state", Product.state, Shape.CODE),
            Filter("agreed", Product.id, Shape.FLAG, condition=_agreed),
            Filter("restricted", Product.restricted, Shape.FLAG),
            Filter("catch_all", Product.catch_all, Shape.FLAG),
        ),
        extra={"insurer_id": Product.insurer_id, "catch_all": Product.catch_all},
    )


def get_product(session: Session, actor: Actor, product_id: int, *, lock: bool = False) -> Product:
    """A product by its number; ``lock`` holds it until the end of the transaction.

    Raises:
        NoSuchProduct: there is none within reach: the pool's, of an insurer open to the actor.
    """
    asked = select(Product).where(*_within(actor), Product.id == product_id)
    found = session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    if found is None:
        raise NoSuchProduct
    return found


def get_product_head(session: Session, actor: Actor, product_id: int, language: str) -> RowMapping:
    """A product with the names of insurer and line, and whether something is agreed.

    Raises:
        NoSuchProduct: the pool has none.
    """
    found = (
        session.execute(
            select(
                Product,
                Insurer.name.label("insurer"),
                Insurer.code.label("insurer_code"),
                line_name(language).label("line"),
                has_agreement().label("agreed"),
            )
            .join(
                Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id)
            )
            .join(
                LineOfBusiness,
                (LineOfBusiness.pool_id == Product.pool_id)
                & (LineOfBusiness.id == Product.line_id),
            )
            .where(*_within(actor), Product.id == product_id)
        )
        .mappings()
        .one_or_none()
    )
    if found is None:
        raise NoSuchProduct
    return found


def products_of_insurer(
    session: Session, actor: Actor, insurer_id: int, language: str
) -> Sequence[RowMapping]:
    """An insurer's products: id, code, name, state, line, agreed."""
    return (
        session.execute(
            select(
                Product.id,
                Product.code,
                Product.name,
                Product.state,
                Product.catch_all,
                line_name(language).label("line"),
                has_agreement().label("agreed"),
            )
            .join(
                LineOfBusiness,
                (LineOfBusiness.pool_id == Product.pool_id)
                & (LineOfBusiness.id == Product.line_id),
            )
            .where(Product.pool_id == actor.pool_id, Product.insurer_id == insurer_id)
            .order_by(Product.catch_all, func.lower(Product.name), Product.id)
        )
        .mappings()
        .all()
    )


def product_names(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """Every product's id, code, name, state and insurer, for choices."""
    return (
        session.execute(
            select(
                Product.id,
                Product.code,
                Product.name,
                Product.state,
                Product.insurer_id,
                Product.line_id,
                Insurer.name.label("insurer"),
            )
            .join(
                Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id)
            )
            .where(*_within(actor))
            .order_by(func.lower(Insurer.name), func.lower(Product.name), Product.id)
        )
        .mappings()
        .all()
    )


def line_names(session: Session, actor: Actor, language: str) -> Sequence[RowMapping]:
    """Every line's id, code and name, for choices."""
    return (
        session.execute(
            select(LineOfBusiness.id, LineOfBusiness.code, line_name(language).label("name"))
            .where(LineOfBusiness.pool_id == actor.pool_id)
            .order_by(line_name(language), LineOfBusiness.id)
        )
        .mappings()
        .all()
    )


def range_names(session: Session, actor: Actor, language: str) -> Sequence[RowMapping]:
    """What a list of the range is narrowed by, in its order: insurer, line or product; id, name."""
    insurers = select(
        literal("insurer").label("what"), Insurer.id.label("id"), Insurer.name.label("name")
    ).where(Insurer.pool_id == actor.pool_id, scope.open_insurer(Insurer.id))
    lines = select(literal("line"), LineOfBusiness.id, line_name(language)).where(
        LineOfBusiness.pool_id == actor.pool_id
    )
    products = (
        select(literal("product"), Product.id, Insurer.name + " · " + Product.name)
        .join(Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id))
        .where(*_within(actor))
    )
    asked = union_all(insurers, lines, products).order_by("what", "name")
    return session.execute(asked).mappings().all()


def without_agreement(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """Active products for which nothing is agreed today: they can't be settled as meant."""
    return (
        session.execute(
            select(Product.id, Product.code, Product.name, Insurer.name.label("insurer"))
            .join(
                Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id)
            )
            .where(*_within(actor), Product.state == "active", ~has_agreement())
            .order_by(func.lower(Insurer.name), func.lower(Product.name))
        )
        .mappings()
        .all()
    )


def find_product_in_the_way(
    session: Session, actor: Actor, code: str, product_id: int | None
) -> Product | None:
    """Another product of this code."""
    return session.scalars(
        select(Product).where(
            Product.pool_id == actor.pool_id,
            Product.code == code,
            Product.id != (product_id or 0),
        )
    ).one_or_none()


def find_insurer_in_the_way(
    session: Session, actor: Actor, code: str, insurer_id: int | None
) -> Insurer | None:
    """Another insurer of this code."""
    return session.scalars(
        select(Insurer).where(
            Insurer.pool_id == actor.pool_id,
            Insurer.code == code,
            Insurer.id != (insurer_id or 0),
        )
    ).one_or_none()


def versions_of(session: Session, actor: Actor, product_id: int) -> Sequence[ProductVersion]:
    """A product's tariff generations, the newest first."""
    return session.scalars(
        select(ProductVersion)
        .where(ProductVersion.pool_id == actor.pool_id, ProductVersion.product_id == product_id)
        .order_by(ProductVersion.valid.desc(), ProductVersion.id.desc())
    ).all()


def get_version(session: Session, actor: Actor, product_id: int, version_id: int) -> ProductVersion:
    """A version of a product.

    Raises:
        NoSuchProduct: the product has none of this number.
    """
    found = session.scalars(
        select(ProductVersion).where(
            ProductVersion.pool_id == actor.pool_id,
            ProductVersion.product_id == product_id,
            ProductVersion.id == version_id,
        )
    ).one_or_none()
    if found is None:
        raise NoSuchProduct
    return found


def find_version_in_the_way(
    session: Session,
    actor: Actor,
    product_id: int,
    *,
    valid: Days,
    name: str,
    version_id: int | None,
) -> ProductVersion | None:
    """Another version of the product that holds on some of these days, or has this name."""
    return session.scalars(
        select(ProductVersion)
        .where(
            ProductVersion.pool_id == actor.pool_id,
            ProductVersion.product_id == product_id,
            ProductVersion.id != (version_id or 0),
            or_(ProductVersion.name == name, ProductVersion.valid.op("&&")(valid)),
        )
        .order_by((ProductVersion.name == name).desc())
        .limit(1)
    ).first()


def product_documents(session: Session, actor: Actor, product_id: int) -> Sequence[RowMapping]:
    """Documents of a product and of its versions, the newest first.

    Rows: id, title, file_name, media_type, size, kind, valid_from, recorded_at, recorded_by,
    issued_at, scan, version (its name, or None for the product's own). Also for the extranet.
    """
    return (
        session.execute(
            select(
                Document.id,
                Document.title,
                Document.file_name,
                Document.media_type,
                Document.size,
                Document.kind,
                Document.valid_from,
                Document.recorded_at,
                Document.recorded_by,
                Document.issued_at,
                Document.scan,
                ProductVersion.name.label("version"),
            )
            .outerjoin(
                ProductVersion,
                and_(
                    ProductVersion.pool_id == Document.pool_id,
                    Document.subject == "product_version",
                    ProductVersion.id == Document.subject_id,
                ),
            )
            .where(Document.pool_id == actor.pool_id, _of_product(product_id))
            .order_by(Document.valid_from.desc().nulls_last(), Document.id.desc())
        )
        .mappings()
        .all()
    )


def get_product_document(
    session: Session, actor: Actor, product_id: int, document_id: int
) -> Document:
    """A document of a product or of one of its versions. Also for the extranet.

    Raises:
        NoSuchDocument: there is none of this number.
    """
    found = session.scalars(
        select(Document)
        .outerjoin(
            ProductVersion,
            and_(
                ProductVersion.pool_id == Document.pool_id,
                Document.subject == "product_version",
                ProductVersion.id == Document.subject_id,
            ),
        )
        .where(
            Document.pool_id == actor.pool_id,
            Document.id == document_id,
            _of_product(product_id),
        )
    ).one_or_none()
    if found is None:
        raise NoSuchDocument
    return found


def _of_product(product_id: int) -> ColumnElement[bool]:
    return or_(
        and_(Document.subject == "product", Document.subject_id == product_id),
        ProductVersion.product_id == product_id,
    )


def _within(actor: Actor) -> list[ColumnElement[bool]]:
    return [Product.pool_id == actor.pool_id, scope.open_insurer(Product.insurer_id)]
