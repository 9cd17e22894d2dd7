"""What each field takes is written down for whoever looks after the program (ASVS V2.1.1)."""

from tests.fields import PAGE, written


def test_the_page_of_fields_is_what_the_forms_take() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "python -m tests.fields writes it anew"
