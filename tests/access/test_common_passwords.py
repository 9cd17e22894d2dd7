"""What many take is not taken: by what a password is made of, and by a list where the operator gives one."""

from pathlib import Path

import pytest

from portal.access.common_list import NEEDED, WANTED, listed_in
from portal.access.factors import Weakness, weakness
from portal.cli import main
from portal.settings import SettingError, settings_from
from tests.test_settings import GOOD


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "qwertyuiop12",
        "azertyuiop!!",
        "1qaz2wsx3edc",
        "q1w2e3r4t5y6",
        "123qweasdzxc",
        "passwordpassword",
        "Password1234!",
        "P@ssw0rd2024!",
        "Motdepasse2026",
        "wachtwoord123",
        "Willkommen2025!",
        "welkom welkom1",
        "ward7ward7ward7",
        "ziekenhuis-2026",
        "Bruxelles.1234",
    ],
)
def test_what_is_made_of_what_is_common_is_not_taken(password: str) -> None:
    assert weakness(password) is Weakness.COMMON


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "vier losse woorden",
        "bonjour petite mandoline",
        "Anna rijdt 2 keer naar Gent",
        "password of a grey heron",
        "expert were tree poppy",
        "\U0001f40e\U0001f50b\U0001f30d" * 3 + "\U0001f9f7\U0001f9f5\U0001f9f6",
        "42 97 13 08 55 71",
    ],
)
def test_a_few_words_with_something_of_ones_own_are(password: str) -> None:
    assert weakness(password) is None


@pytest.fixture
def common(tmp_path: Path) -> Path:
    """A list as they are: the commonest first, most of it too short to be chosen here."""
    file = tmp_path / "common.txt"
    chosen = [f"many take word {number}" for number in range(WANTED + 5)]
    file.write_text(
        "\n".join(["123456", "aaaaaaaaaaaaaa", "Caf\u0065\u0301 au lait noir", *chosen]) + "\n", encoding="utf-8"
    )
    return file


def test_of_a_list_the_commonest_that_could_be_chosen_here_are_refused(common: Path) -> None:
    listed = listed_in(common)
    assert len(listed) == WANTED >= NEEDED >= 3_000
    for taken in ("many take word 0", "Many Take Word 2999", "caf\u00e9 au lait noir", f"many take word {WANTED - 2}"):
        assert weakness(taken, listed=listed) is Weakness.COMMON, taken
        assert weakness(taken) is None
    assert weakness(f"many take word {WANTED}", listed=listed) is None  # beyond the ten thousand
    assert listed_in(None) == frozenset()


def test_of_the_list_nothing_readable_is_kept(common: Path) -> None:
    assert {len(one) for one in listed_in(common)} == {8}


@pytest.mark.parametrize(
    "content", [None, "", "123456\npassword\n", "\n".join(f"a word and {n}" for n in range(2_999))]
)
def test_a_list_that_is_none_stops_the_program(
    tmp_path: Path, content: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.txt"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    given = {**GOOD, "PORTAL_DATA": str(tmp_path), "PORTAL_COMMON_PASSWORDS": str(file)}
    assert settings_from(given).common_passwords == file
    with pytest.raises(SettingError, match=r"^PORTAL_COMMON_PASSWORDS: (cannot be read|holds \d+ that)"):
        listed_in(file)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.startswith("PORTAL_COMMON_PASSWORDS: ")
