"""Lines and papers of a small pool: Berg sells, Adler stands above him.

January: Berg sells for 10,000 at 2 %, Adler's level gets 3 %; a tenth is held back for a year.
February: Berg is promoted to Adler's level as of January. Next January the liability ends.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from pool_module.settlement.documents.statement import render_statement
from pool_module.settlement.documents.statement_data import Rate
from pool_module.settlement.documents.statement_from_books import statement_data
from pool_module.settlement.documents.wording import role_text
from pool_module.settlement.errors import DetailsMissing, LinesDiffer
from pool_module.settlement.operations import issuing
from pool_module.settlement.queries.issuing import issued_files
from shared.models.ledger import Issue, StatementLine
from shared.money import ZERO, plain
from shared.storage import open_stored, store
from shared.vocabulary import RateOf
from tests.database.pool_module.settlement.issued import IssuedPool, Steps, issued
from tests.database.pool_module.settlement.small_pool import FACTS

HISTORY: Steps = [
    *FACTS,
    {"settle": {"through": "2026-01-31"}},
    {"career": {"producer": "Berg", "level": "L2", "from": "2026-01-01"}},
    {"settle": {"through": "2026-02-28"}},
    {"adjust": {"payee": "Berg", "on": "2026-03-03", "amount": "12.50", "text": "Zuschuss"}},
    {"settle": {"through": "2027-01-31"}},
]
JANUARY, FEBRUARY, NEXT_JANUARY = range(3)


@pytest.fixture
def pool(scenario_engine: Engine, tmp_path: Path) -> Iterator[IssuedPool]:
    scenario = {"name": "Maklerpool Nord", "currency": "EUR", "steps": HISTORY}
    with issued(scenario_engine, scenario, tmp_path) as made:
        yield made


def line_of(pool: IssuedPool, payee: str, run: int) -> StatementLine:
    (line,) = pool.books(payee, run).lines
    return line


def test_a_line_says_what_it_was_reckoned_from(pool: IssuedPool) -> None:
    own, above = line_of(pool, "Berg", JANUARY), line_of(pool, "Adler", JANUARY)
    assert (own.contract_number, own.product, own.insurer) == ("C-1", "P", "Aquila")
    assert (own.event_ref, own.effective, own.due) == ("E1", date(2026, 1, 10), date(2026, 1, 20))
    assert (own.producer, own.level, own.own_sale) == ("Berg", "L1", True)
    assert (own.rate_of, own.share) == ("basis", Decimal(1))
    assert (own.base, own.rate) == (Decimal(10000), Decimal("0.02"))
    assert plains(own.payable, own.reserve) == "180.00 20.00"
    assert (own.liability_end, own.correction, own.cause) == (date(2027, 1, 10), False, None)
    assert (above.own_sale, above.difference_from, above.level) == (False, "Berg", "L2")
    assert above.rate == Decimal("0.03")
    assert plains(above.payable, above.reserve) == "90.00 10.00"


def test_a_backdated_promotion_is_a_block_of_corrections(pool: IssuedPool) -> None:
    data = statement_data(pool.books("Berg", FEBRUARY))
    (line,) = data.corrections
    assert (data.entries, data.releases) == ((), ())
    assert plains(line.amount, line.reserve, line.payable) == "100.00 10.00 90.00"
    assert (line.level, line.rate.value if line.rate else None) == ("L2", Decimal("0.03"))
    assert line.correction
    assert line.correction.cause == "Karrierestufe geändert"
    assert line.correction.period_from == date(2026, 1, 1)
    assert line.correction.period_through == date(2026, 1, 31)
    assert line.correction.statement_number == pool.books("Berg", JANUARY).statement.number


def test_who_takes_no_part_any_more_gives_back_and_sees_what(pool: IssuedPool) -> None:
    data = statement_data(pool.books("Adler", FEBRUARY))
    (line,) = data.corrections
    assert plains(line.amount, line.reserve, line.payable) == "-100.00 -10.00 -90.00"
    assert (line.rate, line.base) == (Rate(of=RateOf.BASIS, value=Decimal("0.03")), Decimal(10000))
    assert line.difference_from == "Berg"
    assert plains(data.payout, data.closing) == "0.00 -90.00"  # carried forward


def test_a_reserve_that_comes_free_is_a_release_and_no_correction(pool: IssuedPool) -> None:
    data = statement_data(pool.books("Berg", NEXT_JANUARY))
    (line,) = data.releases
    assert (data.entries, data.corrections) == ((), ())
    assert plains(line.amount, line.reserve, line.payable) == "0.00 -30.00 30.00"
    account = data.reserve_account
    assert plains(account.opening, account.closing) == "30.00 0.00"
    assert [one.text for one in data.adjustments] == ["Zuschuss"]
    assert data.payout == Decimal("42.50")


def test_a_superior_with_a_share_has_his_own_and_the_difference(
    scenario_engine: Engine, tmp_path: Path
) -> None:
    shares = [{"producer": "Berg", "share": "0.6"}, {"producer": "Adler", "share": "0.4"}]
    shared: Steps = [
        {"shares": {"contract": "C-1", "shares": shares, "from": "2020-01-01"}},
        {"settle": {"through": "2026-01-31"}},
    ]
    scenario = {"name": "Nord", "currency": "EUR", "steps": [*FACTS, *shared]}
    with issued(scenario_engine, scenario, tmp_path) as made:
        (adler,) = statement_data(made.books("Adler")).lines
        (berg,) = statement_data(made.books("Berg")).lines
    assert plains(berg.amount, berg.base or ZERO, berg.share) == "120.00 6000.00 0.60"
    assert plains(adler.amount) == "180.00"  # 4,000 at 3 %, and 6,000 at the third per cent
    assert role_text(adler, "de") == "Eigengeschäft, dazu Differenz zu Berg"
    assert role_text(berg, "de") == "Eigengeschäft"


def test_the_pools_mark_stands_on_its_papers(pool: IssuedPool) -> None:
    mark = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="M0 0h4v4z"/></svg>'
    )
    stored = store(pool.root, pool.actor.pool_id, None, mark)
    pool.session.execute(
        text("UPDATE pool SET logo_sha256 = :sha256 WHERE id = :pool"),
        {"sha256": stored.sha256, "pool": pool.actor.pool_id},
    )
    pool.issue("Berg", JANUARY)
    (paper,) = (c for n, c in papers_of(pool, "Berg", JANUARY).items() if n.endswith(".pdf"))
    assert paper != render_statement(statement_data(pool.books("Berg", JANUARY)))
    assert paper == render_statement(statement_data(pool.books("Berg", JANUARY), mark))


def test_a_paper_is_issued_once(pool: IssuedPool) -> None:
    pool.issue("Berg", FEBRUARY)
    first = papers_of(pool, "Berg", FEBRUARY)
    pool.company("Berg").name = "Berg & Partner"
    pool.session.flush()
    pool.issue("Berg", FEBRUARY)
    assert papers_of(pool, "Berg", FEBRUARY) == first
    assert sorted(first) == ["Berg_2026-02-00002.csv", "Berg_2026-02-00002.pdf"]
    assert first["Berg_2026-02-00002.pdf"].startswith(b"%PDF")


def test_the_same_books_give_the_same_bytes(pool: IssuedPool) -> None:
    books = pool.books("Adler", FEBRUARY)
    made = [render_statement(statement_data(books)) for _ in range(2)]
    assert made[0] == made[1]


def test_writing_lines_again_changes_nothing(pool: IssuedPool) -> None:
    before = pool.session.query(StatementLine).count()
    pool.write_lines()
    assert pool.session.query(StatementLine).count() == before


def test_a_statement_that_is_not_its_lines_is_refused(pool: IssuedPool) -> None:
    line = line_of(pool, "Berg", JANUARY)
    values = {c.name: getattr(line, c.name) for c in StatementLine.__table__.columns}
    for name in ("id", "payable_cents"):
        del values[name]
    pool.session.add(StatementLine(**values | {"producer_id": 0, "position": 2}))
    pool.session.flush()
    with pytest.raises(LinesDiffer, match="2026-01/00002"):
        issuing.write_lines(pool.session, pool.actor, pool.runs[JANUARY].id)


def pay_to(pool: IssuedPool, company_id: int, iban: str) -> None:
    """Bank details, as they come into effect: by two people, here without waiting."""
    run, named = pool.session.execute, {"company": company_id, "iban": iban}
    run(text("UPDATE pool SET bank_wait_days = 0"))
    run(text("SELECT set_config('app.actor', 'Proposer', true)"))
    run(
        text(
            "INSERT INTO bank_change (pool_id, firm_id, iban, holder, reason) VALUES "
            "(current_setting('app.pool_id')::int, :company, :iban, 'Holder', 'test')"
        ),
        named,
    )
    run(text("SELECT set_config('app.actor', 'Approver', true)"))
    run(text("UPDATE bank_change SET state = 'approved' WHERE firm_id = :company"), named)
    run(text("SELECT apply_bank_changes()"))
    run(text("SELECT set_config('app.actor', :name, true)"), {"name": pool.actor.name})
    pool.session.expire_all()


class TestAct:
    """A Ukrainian payee signs an act of what was rendered; nothing rendered, no act."""

    @pytest.fixture(autouse=True)
    def _in_ukraine(self, pool: IssuedPool) -> None:
        berg, pool_id = pool.company("Berg"), pool.actor.pool_id
        berg.country, berg.language, berg.national_id = "UA", "uk", "3184710691"
        berg.natural_person = True
        berg.street, berg.city, berg.postcode = "вул. Січових Стрільців, 7", "Львів", "79000"
        berg.signatory = "Ґалина Шевченко"
        berg.signatory_position = "Фізична особа — підприємець"
        berg.agreement_number, berg.agreement_date = "СА-118/25", date(2025, 2, 3)
        operator = pool.company("Adler")  # any company with an address will do
        operator.street, operator.city, operator.national_id = "Хрещатик, 22", "Київ", "43215678"
        operator.signatory = "Олена Гринчук"
        operator.signatory_position = "Директорка"
        pool.session.flush()
        pay_to(pool, berg.id, "UA903052990000026001234505187")
        pay_to(pool, operator.id, "UA213223130000026007233566001")
        pool.session.execute(
            text("UPDATE pool SET operator_id = :operator WHERE id = :pool"),
            {"operator": operator.id, "pool": pool_id},
        )

    def acts(self, pool: IssuedPool, payee: str) -> list[tuple[str | None, Decimal | None]]:
        ids = [pool.statement_of(payee, run) for run in range(3)]
        found = pool.session.query(Issue).filter(Issue.kind == "act", Issue.statement_id.in_(ids))
        return [(issue.number, issue.total) for issue in found.order_by(Issue.statement_id)]

    def test_acts_are_numbered_by_payee_and_year(self, pool: IssuedPool) -> None:
        for run in (NEXT_JANUARY, JANUARY, FEBRUARY):  # whichever is made first
            pool.issue("Berg", run)
        assert self.acts(pool, "Berg") == [
            ("2000/Berg/1", Decimal("180.00")),
            ("2000/Berg/2", Decimal("90.00")),
            ("2000/Berg/3", Decimal("42.50")),  # release and adjustment, before withholdings
        ]

    def test_there_is_no_act_of_nothing_or_less(self, pool: IssuedPool) -> None:
        adler = pool.company("Adler")
        adler.country = "UA"
        pool.session.flush()
        pool.issue("Adler", FEBRUARY)
        assert self.acts(pool, "Adler") == []

    def test_missing_details_are_named(self, pool: IssuedPool) -> None:
        pool.company("Berg").national_id = None
        pool.session.flush()
        with pytest.raises(DetailsMissing, match="Berg lacks what an act must say: national_id"):
            pool.issue("Berg", JANUARY)

    def test_what_can_not_be_issued_goes_on_alone(self, pool: IssuedPool, tmp_path: Path) -> None:
        pool.company("Berg").national_id = None
        pool.session.flush()
        ids = [pool.statement_of(payee, JANUARY) for payee in ("Adler", "Berg")]
        adler = pool.company("Adler")
        adler.country = "UA"
        adler.agreement_number, adler.agreement_date = "1", date(2025, 1, 1)
        pool.session.flush()
        issuing.issue_acts(pool.session, pool.actor, tmp_path, ids)
        assert self.acts(pool, "Adler") == [("2000/Adler/1", Decimal("90.00"))]
        left = pool.session.execute(
            text("SELECT task, arguments FROM outbox WHERE pool_id = :pool ORDER BY id DESC"),
            {"pool": pool.actor.pool_id},
        ).first()
        assert left == ("settlement.issue_acts", {"statement_ids": [ids[1]]})


def papers_of(pool: IssuedPool, payee: str, run: int) -> dict[str, bytes]:
    files = issued_files(pool.session, pool.actor, pool.statement_of(payee, run))
    here = pool.actor.pool_id
    return {f.file_name: open_stored(pool.root, here, f.firm_id, f.sha256) for f in files}


def plains(*amounts: Decimal) -> str:
    return " ".join(map(plain, amounts))
