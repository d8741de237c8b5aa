"""The Ukrainian act of services and its amount in words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pool_module.settlement.documents.act import render_act
from pool_module.settlement.documents.act_data import act_total
from pool_module.settlement.documents.amount_in_words import amount_in_words
from pool_module.settlement.documents.statement_data import Adjustment, Contradiction
from pool_module.settlement.errors import NothingToCertify
from tests.factories import statement_documents as samples
from tests.unit.pool_module.settlement.documents.reading import text


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.01", "Нуль гривень 01 копійка"),
        ("1.00", "Одна гривня 00 копійок"),
        ("2.02", "Дві гривні 02 копійки"),
        ("5.05", "П’ять гривень 05 копійок"),
        ("11.11", "Одинадцять гривень 11 копійок"),
        ("12.12", "Дванадцять гривень 12 копійок"),
        ("21.21", "Двадцять одна гривня 21 копійка"),
        ("22.22", "Двадцять дві гривні 22 копійки"),
        ("111.14", "Сто одинадцять гривень 14 копійок"),
        ("1000.00", "Одна тисяча гривень 00 копійок"),
        ("1001.00", "Одна тисяча одна гривня 00 копійок"),
        ("2000.50", "Дві тисячі гривень 50 копійок"),
        ("14431.10", "Чотирнадцять тисяч чотириста тридцять одна гривня 10 копійок"),
        ("21000.00", "Двадцять одна тисяча гривень 00 копійок"),
        ("1000000.01", "Один мільйон гривень 01 копійка"),
        ("2000002.00", "Два мільйони дві гривні 00 копійок"),
        ("5000000000.00", "П’ять мільярдів гривень 00 копійок"),
    ],
)
def test_hryvnias_in_words(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), "UAH") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1.01", "EUR", "Одне євро 01 цент"),
        ("2.02", "EUR", "Два євро 02 центи"),
        ("11.05", "EUR", "Одинадцять євро 05 центів"),
        ("21.00", "EUR", "Двадцять одне євро 00 центів"),
        ("1001.00", "EUR", "Одна тисяча одне євро 00 центів"),
        ("21.00", "USD", "Двадцять один долар США 00 центів"),
    ],
)
def test_other_currencies_in_words(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency) == words


@pytest.mark.parametrize(("amount", "currency"), [("-1", "UAH"), ("0.001", "UAH"), ("1", "PLN")])
def test_amounts_without_words_are_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="words"):
        amount_in_words(Decimal(amount), currency)


def test_the_act_has_what_the_law_asks_for() -> None:
    """Law 996-XIV art. 9(2): title, date, company, content, volume, unit, posts, signatures."""
    shown = text(render_act(samples.act()))
    for words in (
        "Акт наданих послуг № А-2026-10-0093",
        "5 листопада 2026 р.",
        "м. Київ",
        "ТОВ «Північне сяйво»",
        "ЄДРПОУ 43215678",
        "РНОКПП 3184710691",
        "за договором № СА-118/25 від 3 лютого 2025 р.",
        "Послуги субагента з реалізації страхових продуктів за жовтень 2026 р. послуга 1 14 431,10",
        "УК-61037-101",
        "24 600,00 12 % 2 952,00 −295,20 2 656,80",
        "14 431,10 ₴",
        "Чотирнадцять тисяч чотириста тридцять одна гривня 10 копійок",
        "Без ПДВ (пп. 196.1.3 Податкового кодексу України).",
        "Сторони претензій одна до одної не мають.",
        "Директорка",
        "Олена Гринчук",
        "підпис",
    ):
        assert words in shown
    assert "Act of services" not in shown


@pytest.mark.parametrize(
    ("language", "words"), [("en", "List of insurance contracts"), ("de", "Leistungsnachweis")]
)
def test_a_second_language_stands_below_the_headings(language: str, words: str) -> None:
    assert words in text(render_act(samples.act(second_language=language)))


def test_the_same_act_twice_is_the_same_file() -> None:
    assert render_act(samples.act()) == render_act(samples.act())


def test_an_adjustment_is_part_of_the_act() -> None:
    data = samples.act()
    bonus = Adjustment(on=data.issued, text="Бонус за якість", amount=Decimal("500.00"))
    data = replace(data, adjustments=(bonus,), amount=data.amount + bonus.amount)
    assert "Бонус за якість, 05.11.2026 500,00 Усього 14 931,10" in text(render_act(data))


def test_no_act_for_nothing() -> None:
    with pytest.raises(NothingToCertify):
        act_total(samples.statement(corrections=samples.clawbacks(), entries=()))
    with pytest.raises(NothingToCertify):
        samples.act(amount=Decimal("0.00"), lines=())
    with pytest.raises(Contradiction):
        samples.act(amount=Decimal("14431.11"))
