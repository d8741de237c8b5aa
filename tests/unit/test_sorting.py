from shared.sorting import sort_key

NAMES = [
    "Adler", "Äpfel", "Apfelbaum", "Özil", "Zander", "Ґалаґан", "Гнатюк", "Євтушенко", "Шевченко",
]  # fmt: skip


def test_names_sort_as_people_expect_by_code_point_of_their_key() -> None:
    shuffled = set(NAMES)
    assert sorted(shuffled, key=sort_key) == NAMES


def test_blank_parts_do_not_count() -> None:
    assert sort_key("Muster", None, " ", "Änne") == sort_key("Muster", "Änne")
    assert sort_key("Muster") < sort_key("Muster", "Änne")


def test_a_key_is_text_that_any_database_sorts() -> None:
    assert set(sort_key("Größler-Łukasz ’ 7")) <= set("0123456789abcdef")


def test_a_name_that_never_ends_has_an_end() -> None:
    assert sort_key("x" * 100_000) == sort_key("x" * 1_000)
