"""The version a form carries along, whatever was sent in its place."""

import pytest

from shared.web.fields import read_version


@pytest.mark.parametrize(
    ("sent", "version"),
    [("7", 7), (7, 7), (None, 0), ("", 0), ("-1", 0), ("x", 0), ("9" * 20, 0), ("1.5", 0)],
)
def test_what_is_no_version_is_none(sent: str | int | None, version: int) -> None:
    assert read_version(sent) == version
