"""Exactly one number, or exactly one address, and nothing that could become a second one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.records.recipients import mail_address, mobile_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0470 12 34 56", "+32470123456"),
        ("0470/12.34.56", "+32470123456"),
        ("+32 470 12 34 56", "+32470123456"),
        ("0032 470 123456", "+32470123456"),
        ("+32 (0)470 12 34 56", "+32470123456"),
        ("+33 6 12 34 56 78", "+33612345678"),
        (" 0499\u00a000 00 00 ", "+32499000000"),
    ],
)
def test_a_mobile_number_is_dialled_in_one_way_however_it_is_written(typed: str, number: str) -> None:
    assert mobile_number(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0470 12 34",
        "0470 12 34 56, evenings",
        "0470 12 34 56 / 0471 12 34 56",
        "0470123456,0471123456",
        "0470123456\n0471123456",
        "02 123 45 67",  # a landline may read it aloud to the house
        "04 123 45 67",
        "0900 12 345",
        "+32 2 123 45 67",
        "112",
        "٠٤٧٠١٢٣٤٥٦",
        "my sister",
    ],
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert mobile_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("somebody@example.org", "somebody@example.org"),
        (" Some.Body+x@EXAMPLE.org ", "Some.Body+x@example.org"),
        ("somebody@exämple.org", "somebody@xn--exmple-cua.org"),
    ],
)
def test_an_address(typed: str, address: str) -> None:
    assert mail_address(typed) == address


INJECTIONS = [
    "a@example.org, b@example.org",
    "a@example.org;b@example.org",
    "a@example.org b@example.org",
    "a@example.org\nBcc: b@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "a@example.org\r\n\r\ntext",
    "a@example.org>\r\nRCPT TO:<b@example.org",
    "a@b@example.org",
    "<a@example.org>",
    "A <a@example.org>",
    '"a b"@example.org',
    "a%b.example.org@example.org",
    "a@[127.0.0.1]",
    "a@example",
    "@example.org",
    "a@",
    "group: a@example.org;",
    "a\u2028@example.org",
    "a@example.org\x00",
    "a." * 40 + "a@example.org",
    "a@" + "a" * 70 + ".org",
]


@pytest.mark.parametrize("typed", INJECTIONS)
def test_no_list_no_header_and_no_second_command(typed: str) -> None:
    assert mail_address(typed) is None
    assert mobile_number(typed) is None


@given(st.text(alphabet=st.characters(), max_size=60) | st.from_regex(r"[^@]{1,9}@[^@]{1,20}"))
def test_whatever_is_accepted_holds_nothing_that_separates(typed: str) -> None:
    for found in (mail_address(typed), mobile_number(typed)):
        if found is not None:
            assert found.isascii()
            assert not set(found) & set(' ,;:<>()[]"\\\r\n\t\0')
            assert found.count("@") <= 1
