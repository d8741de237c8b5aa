"""The range in detail: what products offer, their papers, who may sell the restricted ones."""

from collections.abc import Iterator
from typing import Final

from brokerpool.demo.offers import ALWAYS, Product
from brokerpool.demo.papers import paper
from brokerpool.demo.sources import source
from brokerpool.demo.stage import Stage
from brokerpool.demo.writing import Row, change, write
from pool_module.products.operations import selling
from shared.db import actor_of
from shared.storage import store

CLERK: Final = "jule.wendt"


def describe_range(stage: Stage) -> None:
    """Write features and papers of every product; then a clerk restricts two of them."""
    desk = source("desk")
    restricted = {code for code, _firms in desk["restricted"]}
    change(
        stage.worker,
        "product",
        (
            {
                "id": stage.codes.products[product.code],
                "summary": _told(product)[0],
                "features": {"items": _told(product)[1]},
                "restricted": product.code in restricted,
                "offered_from": ALWAYS,
            }
            for product in stage.world.products
        ),
    )
    write(stage.worker, "document", _documents(stage))
    stage.worker.commit()
    with stage.acting(CLERK) as session:
        for code, firms in desk["restricted"]:
            selling.authorise(
                session,
                actor_of(session),
                stage.codes.products[code],
                [stage.codes.firms[firm] for firm in firms],
                start=stage.world.months.first(0),
                reason="Schulung abgeschlossen",
            )


def _told(product: Product) -> tuple[str, list[list[str]]]:
    desk = source("desk")
    lines = desk["lines"]
    if product.country == "UA":
        lines = {**lines, **desk["ukrainian_lines"]}
    summary, features = lines[product.line]
    return summary, features


def _documents(stage: Stage) -> Iterator[Row]:
    _name, german, ukrainian = source("desk")["paper"]["product"]
    for product in stage.world.products:
        language = "uk" if product.country == "UA" else "de"
        title = ukrainian if language == "uk" else german
        content = paper(title, (product.name,), stage.world.months.start, language)
        stored = store(stage.storage, stage.pool_id, None, content)
        yield {
            "subject": "product",
            "subject_id": stage.codes.products[product.code],
            "kind": "product",
            "title": title,
            "valid_from": ALWAYS,
            "file_name": f"{product.code}.pdf",
            "media_type": "application/pdf",
            "sha256": stored.sha256,
            "size": stored.size,
        }
