"""Mail: written in the reader's language, one line a header."""

import email
from dataclasses import replace
from email.policy import default
from pathlib import Path

import pytest

from shared import mail
from shared.config import Config
from shared.mail import LETTERS, BadHeaderError, Letter
from shared.vocabulary import LANGUAGES, Door

TOLD = {
    "company": "Kessler & Partner", "pool": "Nordlicht", "old": "alt@firm.example",
    "iban": "DE89 … 3000", "day": "24.11.2026",
}  # fmt: skip
LETTER = Letter(7, "invitation", "neu@firm.example", "Ніна Neu", "de", Door.EXTRANET, TOLD,
                "/door/invitation/token")  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Config:
    bases = {Door.EXTRANET: "https://makler.example"}
    return Config(tmp_path, None, {}, None, tmp_path / "files", base_urls=bases)


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_can_be_written(config: Config, kind: str, language: str) -> None:
    message = mail.write(replace(LETTER, kind=kind, language=language), config)
    text = message.get_content()
    assert "%(" not in text
    assert message["Subject"]
    assert "makler.example" in text
    assert "Ніна Neu" in text


def test_a_link_leads_to_the_configured_address(config: Config) -> None:
    text = mail.write(LETTER, config).get_content()
    assert "\nhttps://makler.example/door/invitation/token\n" in text


@pytest.mark.parametrize(
    "change",
    [{"name": "A\r\nBcc: evil@example.org"}, {"recipient": "a@b.example\nBcc: c@d.example"},
     {"told": {**TOLD, "pool": "Nord\r\nBcc: evil@example.org"}}],
)  # fmt: skip
def test_a_header_has_one_line(config: Config, change: dict[str, object]) -> None:
    with pytest.raises(BadHeaderError):
        mail.write(replace(LETTER, **change), config)  # type: ignore[arg-type]


def test_without_a_server_it_lies_in_the_folder(config: Config) -> None:
    for _ in range(2):  # the job was killed before it said so
        mail.send(mail.write(LETTER, config), config)
    (lying,) = config.mail_dir.iterdir()
    assert lying.name == "mail-7-neu_firm.example.eml"
    read = email.message_from_bytes(lying.read_bytes(), policy=default)
    assert read["To"].addresses[0].addr_spec == "neu@firm.example"


def test_other_addresses_are_no_server(config: Config) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        mail.send(mail.write(LETTER, config), replace(config, smtp_url="http://x"))
