"""What could not be taken from a list, as a file to correct and bring again."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter


def returned_file(
    columns: Mapping[str, str],
    rows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]],
    *,
    remark: str,
) -> bytes:
    """Write rows with what is wrong in each cell: marked, with the reason as a note and in words.

    Args:
        columns: field → what the file called it.
        rows: what each cell says, and what is wrong with it, by field.
        remark: what the column of reasons is called.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False}) as book:  # fmt: skip
        head = book.add_format({"bold": True, "bottom": 1})
        wrong = book.add_format({"bg_color": "#FBE3E1", "font_color": "#8A1C13"})
        sheet = book.add_worksheet()
        fields = list(columns)
        for at, field in enumerate(fields):
            sheet.write_string(0, at, columns[field], head)
        sheet.write_string(0, len(fields), remark, head)
        for line, (cells, errors) in enumerate(rows, start=1):
            for at, field in enumerate(fields):
                text = cells.get(field, "")
                if field in errors:
                    sheet.write_string(line, at, text, wrong)
                    sheet.write_comment(line, at, errors[field])
                else:
                    sheet.write_string(line, at, text)
            sheet.write_string(line, len(fields), "; ".join(dict.fromkeys(errors.values())))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return buffer.getvalue()
