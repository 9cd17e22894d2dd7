"""Proof she can hold: a note that a lawyer checks offline; no character of it can change; it tells nothing of her."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from portal import law
from portal.cli import main
from portal.cli.proof import DOUBTS_IN_WORDS, MATTERS_IN_WORDS
from portal.library.words import TELLING
from portal.records import receipts
from portal.records.receipts import (
    MATTERS,
    Certificate,
    NotGenuineError,
    Receipt,
    file_name,
    public_halves,
    read,
    write,
)
from portal.settings import DEMO_DEFAULTS

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
KEYS = (OLD, NEW)
PUBLIC = public_halves(KEYS)

ASKED = Receipt("BCDF-2345", MATTERS[law.RequestKind.EXTENSION], datetime(2026, 8, 1, 10, tzinfo=UTC))
DONE = Certificate("GHJK-6789", MATTERS[law.RequestKind.DESTRUCTION], date(2026, 8, 9), ("12", "34"))
SLIPS = {"receipt": ASKED, "certificate": DONE}

moments = st.integers(1_735_689_600, 2_840_140_800).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)  # 2025 to 2060
# Neither G nor V: with them, eight letters drawn by chance can spell the short name of a centre.
numbers = st.from_regex(r"[2-9BCDFHJKMNPQRSTWXZ]{4}-[2-9BCDFHJKMNPQRSTWXZ]{4}", fullmatch=True)
matters = st.sampled_from(sorted(MATTERS.values()))
staff = st.lists(st.from_regex(r"[0-9][0-9a-f]{0,31}", fullmatch=True), min_size=2, max_size=2, unique=True)
slips = st.one_of(
    st.builds(Receipt, numbers, matters, moments),
    st.builds(Certificate, numbers, matters, st.dates(date(2025, 1, 1), date(2060, 1, 1)), staff.map(tuple)),
)
seeds = st.binary(min_size=32, max_size=32)


def doubt_about(text: str, public_keys: tuple[bytes, ...] = PUBLIC) -> str:
    with pytest.raises(NotGenuineError) as raised:
        read(text, public_keys)
    return raised.value.reason


# What a note is


def test_a_receipt_is_short_and_plain() -> None:
    body, signature = write(ASKED, KEYS).split("signature:\n")
    assert body.splitlines() == [
        "signed note 1",
        "number: BCDF-2345",
        "matter: 1",
        "received: 2026-08-01T12:00:00+02:00",
        f"key: {receipts.key_id(PUBLIC[-1])}",
    ]
    assert re.fullmatch(r"(?:[\w+/=]{2}[ \n]){44}", signature)
    assert max(map(len, signature.splitlines())) == 32


def test_a_certificate_carries_the_day_and_two_different_members_of_the_team() -> None:
    assert write(DONE, KEYS).splitlines()[1:5] == ["number: GHJK-6789", "matter: 3", "done: 2026-08-09", "by: 12, 34"]
    with pytest.raises(ValueError, match="two different"):
        replace(DONE, staff_numbers=("12", "12"))


@given(slips, seeds)
def test_what_was_written_comes_back_and_is_written_the_same(slip: Receipt | Certificate, seed: bytes) -> None:
    text = write(slip, [seed])
    assert text.isascii()
    assert read(text, public_halves([seed])) == slip
    assert write(slip, [seed]) == text


@given(slips, seeds)
def test_a_note_names_nobody_and_tells_nothing(slip: Receipt | Certificate, seed: bytes) -> None:
    text = write(slip, [seed])
    assert not TELLING.search(text + file_name(slip))
    assert not any(kind in text for kind in MATTERS)
    names = ("number", "matter", "received", "done", "by", "key", "signature")
    assert {line.split(":")[0] for line in text.splitlines() if ":" in line} <= set(names)


def test_its_file_has_a_neutral_name() -> None:
    assert file_name(ASKED) == "note-BCDF-2345.txt"


@pytest.mark.parametrize("number", ["", "BCDF2345", "bcdf-2345", "../x-2345", "BCDF-2345\n", "Anna-2345"])
def test_a_number_is_nothing_but_a_number(number: str) -> None:
    with pytest.raises(ValueError, match="two groups"):
        replace(ASKED, number=number)


@pytest.mark.parametrize("number", ["", "anna", "ada", "S1", "1, 2", "1\n"])
def test_a_staff_number_names_nobody(number: str) -> None:
    with pytest.raises(ValueError, match="names nobody"):
        replace(DONE, staff_numbers=("12", number))


def test_a_moment_without_its_offset_or_a_matter_nobody_knows_is_not_written() -> None:
    with pytest.raises(ValueError, match="offset"):
        replace(ASKED, received_at=datetime(2026, 8, 1, 10))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no matter 9"):
        replace(ASKED, matter=9)


def test_the_hour_that_comes_twice_in_october_is_told_apart() -> None:
    first = replace(ASKED, received_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    second = replace(ASKED, received_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert "T02:30:00+02:00" in write(first, KEYS)
    assert "T02:30:00+01:00" in write(second, KEYS)


def test_the_moment_is_the_same_wherever_it_was_noted() -> None:
    elsewhere = ASKED.received_at.astimezone(timezone(timedelta(hours=-5))).replace(microsecond=999_999)
    assert replace(ASKED, received_at=elsewhere) == ASKED


def test_a_number_once_given_to_a_matter_stays() -> None:
    assert [kind.value for kind in MATTERS] == [
        *("extension", "report-copy", "destruction", "restitution"),
        *("contact-me", "language-help", "stop-messages", "withdraw-service"),
        "end-of-period",
    ]
    assert list(MATTERS.values()) == [*range(1, 9), 10]


# Nothing in it can change


def without_what_machines_change(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip(" \t\n")


def still_says_the_same_or_fails(changed: str, slip: Receipt | Certificate, text: str) -> None:
    try:
        said = read(changed, PUBLIC)
    except NotGenuineError:
        return
    assert said == slip
    assert without_what_machines_change(changed) == text.rstrip("\n")


@given(slips, st.data())
def test_one_character_put_in_taken_out_or_changed_anywhere_is_found(
    slip: Receipt | Certificate, data: st.DataObject
) -> None:
    text = write(slip, KEYS)
    at = data.draw(st.integers(0, len(text)))
    put_in = data.draw(st.one_of(st.sampled_from(" \t\r\n0123456789:,-+/=Aa\ufeff\x0b\x85"), st.characters()))
    still_says_the_same_or_fails(text[:at] + put_in + text[at:], slip, text)
    still_says_the_same_or_fails(text[:at] + put_in + text[at + 1 :], slip, text)
    still_says_the_same_or_fails(text[:at] + text[at + 1 :], slip, text)


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_no_character_can_be_missing_doubled_or_another(slip: Receipt | Certificate) -> None:
    text = write(slip, KEYS).rstrip("\n")
    for at, letter in enumerate(text):
        doubt_about(text[:at] + text[at + 1 :])
        doubt_about(text[:at] + chr(ord(letter) ^ 1) + text[at + 1 :])
        if at < len(text) - 1:
            doubt_about(text[: at + 1] + letter + text[at + 1 :])


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_no_line_can_be_missing_doubled_or_moved(slip: Receipt | Certificate) -> None:
    lines = write(slip, KEYS).splitlines()
    for at, line in enumerate(lines):
        doubt_about("\n".join(lines[:at] + lines[at + 1 :]))
        doubt_about("\n".join([*lines[:at], line, *lines[at:]]))
        doubt_about("\n".join([*lines[:at], "", *lines[at:]]))
        for other in range(at):
            moved = lines.copy()
            moved[at], moved[other] = moved[other], moved[at]
            doubt_about("\n".join(moved))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n \n\r\n\t\n",
        lambda text: "\ufeff" + text.replace("\n", "\r\n") + "\r\n\r\n",
    ],
    ids=["line ends", "old line ends", "mark", "no end", "blank lines", "all of them"],
)
@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_what_telephones_and_mail_programs_change_does_no_harm(
    slip: Receipt | Certificate, change: Callable[[str], str]
) -> None:
    assert read(change(write(slip, KEYS)), PUBLIC) == slip


def test_every_doubt_has_its_reason() -> None:
    text = write(ASKED, KEYS)
    assert doubt_about("") == "unknown-form"
    assert doubt_about("a poem") == "unknown-form"
    assert doubt_about(text.replace("note 1", "note 2")) == "unknown-form"
    assert doubt_about(text.replace("matter: 1", "matter: 3")) == "changed"
    assert doubt_about(text.replace("BCDF", "BCDÉ")) == "changed"
    assert doubt_about(text.partition("signature:")[0]) == "changed"
    assert doubt_about(text, public_halves([OTHER])) == "unknown-key"
    assert doubt_about(text, ()) == "unknown-key"


def test_the_signature_of_one_note_fits_no_other() -> None:
    body = write(replace(ASKED, matter=2), KEYS).partition("signature:\n")[0]
    assert doubt_about(body + "signature:\n" + write(ASKED, KEYS).partition("signature:\n")[2]) == "changed"


def test_a_matter_of_a_later_version_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(receipts, "MATTERS", {law.RequestKind.SUPPORT_PERSON: 9})
        text = write(replace(ASKED, matter=9), KEYS)
    assert doubt_about(text) == "unknown-form"


# Keys


def test_the_newest_key_signs_and_the_notes_of_the_older_one_still_verify() -> None:
    before, after = write(ASKED, [OLD]), write(ASKED, KEYS)
    assert read(before, PUBLIC) == read(after, PUBLIC) == ASKED
    assert read(after, PUBLIC[-1:]) == ASKED
    assert doubt_about(before, PUBLIC[-1:]) == "unknown-key"


@given(slips, st.lists(seeds, min_size=2, max_size=2, unique=True))
def test_another_installation_cannot_write_ours(slip: Receipt | Certificate, two: list[bytes]) -> None:
    ours, theirs = two
    public = public_halves([ours])
    theirs_written = write(slip, [theirs])
    assert doubt_about(theirs_written, public) == "unknown-key"
    own_id, our_id = (receipts.key_id(key) for key in (*public_halves([theirs]), *public))
    assert doubt_about(theirs_written.replace(own_id, our_id), public) == "changed"


def test_a_key_signs_receipts_for_this_purpose_alone() -> None:
    body, _, signature = write(ASKED, KEYS).partition("signature:\n")
    signed = base64.b64decode("".join(signature.split()))
    key = Ed25519PublicKey.from_public_bytes(PUBLIC[-1])
    key.verify(signed, receipts.PURPOSE + body.encode())
    with pytest.raises(InvalidSignature):
        key.verify(signed, body.encode())


# The command a lawyer uses


@pytest.fixture(autouse=True)
def far_from_any_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting, no database, and a network that nobody may touch."""

    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise AssertionError("the network was used")

    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("portal.records.database.Database.__init__", refuse)
    monkeypatch.chdir(tmp_path)


def in_base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def held(slip: Receipt | Certificate, keys: tuple[bytes, ...] = KEYS) -> str:
    name = file_name(slip)
    Path(name).write_text(write(slip, keys), encoding="ascii")
    return name


def test_a_lawyer_checks_a_receipt_with_the_public_key_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "receipt", held(ASKED), "--key", in_base64(PUBLIC[0]), "--key", in_base64(PUBLIC[1])]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "genuine",
        "number: BCDF-2345",
        "matter: keeping the traces for longer (art. 29 § 3 al. 2)",
        "received: 2026-08-01 12:00:00+02:00 (time in Brussels)",
    ]


def test_a_certificate_says_who_by_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "receipt", held(DONE), "--key", in_base64(PUBLIC[-1])]) == 0
    assert "done: 2026-08-09, by two members of the team, 12 and 34\n" in capsys.readouterr().out


def test_what_is_changed_or_of_somebody_else_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    ours = ["--key", in_base64(PUBLIC[-1])]
    assert main(["verify", "receipt", held(ASKED, (OTHER,)), *ours]) == 1
    assert capsys.readouterr().out == "changed or not ours: it is signed with a key that was not given\n"
    Path("changed.txt").write_text(write(ASKED, KEYS).replace("matter: 1", "matter: 3"), encoding="ascii")
    assert main(["verify", "receipt", "changed.txt", *ours]) == 1
    Path("picture.txt").write_bytes(b"\xff\xd8\xff\x00")
    assert main(["verify", "receipt", "picture.txt", *ours]) == 1
    assert "genuine" not in capsys.readouterr().out
    assert set(DOUBTS_IN_WORDS) == {"unknown-form", "unknown-key", "changed"}


def test_what_cannot_be_read_and_a_key_that_is_none_stop_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "receipt", "nowhere.txt", "--key", in_base64(PUBLIC[-1])]) == 2
    assert main(["verify", "receipt", ".", "--key", in_base64(PUBLIC[-1])]) == 2
    assert "cannot be read" in capsys.readouterr().err
    for bad in ("short", "c2hvcnQ=", "é"):
        with pytest.raises(SystemExit, match="2"):
            main(["verify", "receipt", held(ASKED), "--key", bad])
    assert "is not 32 bytes in base64" in capsys.readouterr().err


def test_an_installation_checks_its_own_and_hands_its_public_keys_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "receipt", held(ASKED)]) == 2
    assert main(["receipt-key"]) == 2
    monkeypatch.setenv("PORTAL_MODE", "demo")
    monkeypatch.setenv("PORTAL_RECEIPT_KEYS", ",".join(map(in_base64, KEYS)))
    assert main(["verify", "receipt", held(ASKED, (OLD,))]) == 0
    capsys.readouterr()
    assert main(["receipt-key"]) == 0
    assert capsys.readouterr().out.splitlines() == list(map(in_base64, PUBLIC))


def test_every_matter_is_said_with_the_article_of_the_law() -> None:
    adult = law.Case(law.Phase.ACUTE, minor=False, complaint=law.Complaint.NONE, exam_on=date(2026, 5, 11))
    assert set(MATTERS_IN_WORDS) == set(MATTERS)
    for kind, words in MATTERS_IN_WORDS.items():
        assert f"art. {law.open_requests(adult, date(2026, 8, 1))[law.RequestKind(kind)].article}" in words
    for kind in (law.RequestKind.DESTRUCTION, law.RequestKind.RESTITUTION):
        minor = law.open_requests(replace(adult, minor=True), date(2026, 8, 1))[kind]
        assert f"{minor.article} for a minor" in MATTERS_IN_WORDS[kind]


def test_the_check_needs_neither_web_nor_database() -> None:
    asked = "import sys, portal.cli, portal.records.receipts; print({'flask', 'sqlalchemy'} & set(sys.modules))"
    root = Path(receipts.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", asked], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_demonstration_has_its_own_key() -> None:
    seed = base64.b64decode(DEMO_DEFAULTS["PORTAL_RECEIPT_KEYS"])
    assert read(write(ASKED, [seed]), public_halves([seed])) == ASKED
