"""Pictures letters can carry: PNG, and drawings in which nothing runs."""

import pytest

from admin_module.organisations.rules import is_logo

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><title>Turned on</title><path d="M0 0"/></svg>'


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n0", DRAWING, b'<?xml version="1.0"?>\n' + DRAWING, b"  \n" + DRAWING],
)
def test_a_picture_is_taken(content: bytes) -> None:
    assert is_logo(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<html><svg/></html>", b"<svg><SCRIPT>1</script></svg>",
     b"<svg onload='x'/>", b"<svg\nOnLoad = 'x'/>", b"<svg/onload=x />", b"<svg a=''onload='x'/>",
     b"<svg><foreignObject/></svg>", b"<svg><a xlink:href='javascript:x'/></svg>",
     b"<svg><image href='https://evil.example/x'/></svg>", b"<svg><use\txlink:href='#a'/></svg>",
     b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'],
)  # fmt: skip
def test_what_runs_or_fetches_is_not(content: bytes) -> None:
    assert not is_logo(content)
