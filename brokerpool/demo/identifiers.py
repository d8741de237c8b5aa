"""Numbers and addresses of the right form that belong to nobody."""

from typing import Final

from stdnum.iso7064 import mod_97_10
from stdnum.ua import edrpou, rntrc

from brokerpool.demo.sources import source

# banks that can't exist: German codes begin with 1 to 8, Ukrainian ones with 3
GERMAN_BANK: Final = "99900000"
UKRAINIAN_BANK: Final = "999999"
# ranges kept free for fiction by the Bundesnetzagentur; in Kyiv no number begins with 0
GERMAN_PHONES: Final = ("+49 30 23125{:03d}", "+49 40 66969{:03d}", "+49 89 99998{:03d}")
UKRAINIAN_PHONE: Final = "+380 44 000 {:02d} {:02d}"
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def iban(country: str, number: int) -> str:
    """An IBAN with valid check digits at a bank that does not exist."""
    account = f"{GERMAN_BANK}{number:010d}" if country == "DE" else f"{UKRAINIAN_BANK}{number:019d}"
    check = mod_97_10.calc_check_digits(f"{account}{country}")
    return f"{country}{check}{account}"


def register_number(number: int) -> str:
    """A number as the German register of intermediaries writes them."""
    middle = ""
    for _ in range(5):
        number, rest = divmod(number * 7 + 11, len(ALPHABET))
        middle += ALPHABET[rest]
    return f"D-DEMO-{middle}-{10 + sum(map(ord, middle)) % 90}"


def company_code(number: int) -> str:
    """A Ukrainian company's code (ЄДРПОУ)."""
    stem = f"{9900000 + number:07d}"
    return stem + str(edrpou.calc_check_digit(stem))


def personal_code(number: int) -> str:
    """A Ukrainian sole trader's code (РНОКПП)."""
    stem = f"{999000000 + number:09d}"
    return stem + str(rntrc.calc_check_digit(stem))


def phone(country: str, number: int) -> str:
    """A number nobody answers."""
    if country == "DE":
        return GERMAN_PHONES[number % len(GERMAN_PHONES)].format(number % 1000)
    return UKRAINIAN_PHONE.format(number // 100 % 100, number % 100)


def latin(text: str) -> str:
    """A name in small Latin letters, for addresses and files that know no others."""
    letters = source("letters")
    return "".join(letters.get(letter, letter) for letter in text.lower())


def email(first_name: str, last_name: str, slug: str) -> str:
    """An address in a domain that can't exist."""
    return f"{latin(first_name)}.{latin(last_name)}@{slug}.example"
