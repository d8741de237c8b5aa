"""E-mail addresses: what is taken for one."""

import pytest

from shared.addresses import is_address


@pytest.mark.parametrize(
    "text",
    ["anna@neu.example", "o'neil+pool@mail.kontor.test", "a_b-c.d@x-1.de", "пошта@поліс.укр"],
)
def test_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "a@b", "eva@evil", "@neu.example", "anna@", "anna@.example", "anna@neu.",
        "anna@neu..example", "anna@-neu.example", "anna@neu-.example", "anna@127.0.0.1",
        "an na@neu.example", "anna@neu example.de", "anna@bob@neu.example", "anna@neu.e",
        "anna@neu.example\n", f"{'a' * 65}@neu.example", f"a@{'b.' * 200}example",
    ],
)  # fmt: skip
def test_no_address(text: str) -> None:
    assert not is_address(text)
