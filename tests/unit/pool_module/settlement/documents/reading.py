"""Reading a PDF back, as a person or a machine would."""

import io
import re

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """Give each page's text with every run of white space as one blank."""
    reader = PdfReader(io.BytesIO(pdf))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def text(pdf: bytes) -> str:
    """Give the whole text."""
    return " ".join(pages(pdf))
