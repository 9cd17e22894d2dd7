"""The commands of backup, restore and register, as an operator types them, and what they say."""

import base64
import io
from pathlib import Path

import pytest
from _pytest.capture import CaptureResult
from sqlalchemy import select

from portal.cli import main
from portal.records.anchoring import anchor_all
from portal.records.case_codes import case_code
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.models import CaseRecord, Message
from portal.records.outbox.delivering import claim
from portal.records.recipients import Channel
from tests.clock import StillClock
from tests.drill import OPERATOR, empty_beside
from tests.records.desk import dump
from tests.records.test_erasure import Archive, installed

__all__ = ["archive", "installed"]  # two fixtures
RECEIPT_KEYS = (b"demonstration-only-receipt-seed!",)


@pytest.fixture
def archive(database: Database, clock: StillClock, tmp_path: Path) -> Archive:
    return Archive(database, clock, tmp_path)


class Operator:
    """Somebody at the command line of an installation."""

    def __init__(
        self, folder: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.archive, self._patch, self._capsys = folder, archive, monkeypatch, capsys
        for use in ("backup", "register"):
            setting, secret = self.types(f"{use}-key").out.splitlines()
            self.sets(*setting.split("=", 1))
            (folder / f"{use}.key").write_text(secret, encoding="utf-8")
        self.backups = folder / "backups"
        self.backups.mkdir()

    def sets(self, name: str, value: str | None) -> None:
        """Change a setting."""
        self._patch.setenv(name, value) if value is not None else self._patch.delenv(name)

    def types(self, *words: object, status: int = 0) -> CaptureResult[str]:
        """Type a command; return what it said."""
        self._capsys.readouterr()
        assert main([str(word) for word in words]) == status
        return self._capsys.readouterr()

    def backup(self, *more: str) -> Path:
        """Write a backup; return it."""
        before = set(self.backups.iterdir())
        assert "rows" in self.types("backup", self.backups, *more).out
        (made,) = set(self.backups.iterdir()) - before
        return made

    def loses_everything(self) -> Database:
        """Go on with an empty database on another machine."""
        fresh = empty_beside(self.archive.database, self.folder)
        self.sets("PORTAL_DATABASE", fresh.engine.url.render_as_string(hide_password=False))
        return fresh

    def restores(self, made: Path, *more: object, status: int = 0) -> CaptureResult[str]:
        """Put a backup back."""
        return self.types("restore", made, "--key", self.folder / "backup.key", *more, status=status)


@pytest.fixture
def operator(
    tmp_path: Path,
    archive: Archive,
    installed: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Operator:
    return Operator(tmp_path, archive, monkeypatch, capsys)


def test_from_a_backup_to_the_day_after_everything_was_lost(operator: Operator) -> None:
    """Backed up, a case erased, the machine lost: everything comes back, and the erased case goes again."""
    archive = operator.archive
    archive.wait()
    anchor_all(archive.database, operator.folder / "anchors.jsonl", RECEIPT_KEYS, archive.clock(), OPERATOR)
    archive.clock.forward(minutes=1)
    made = operator.backup()
    assert archive.journal()[-1][:2] == (OPERATOR, "backup-made")
    assert archive.erase() == ()
    archive.clock.forward(days=1)
    anchor_all(archive.database, operator.folder / "anchors.jsonl", RECEIPT_KEYS, archive.clock(), OPERATOR)
    fresh = operator.loses_everything()
    said = operator.restores(made, "--anchors", operator.folder / "anchors.jsonl")
    for told in (
        "every row is there", "every line fits", "1 anchors are younger", "a case opens", "receipt can be shown again",
        "erased again: 1",
    ):  # fmt: skip
        assert told in said.out
    with fresh.reading() as session:
        assert session.get(CaseRecord, archive.case_id) is None
        assert session.get(CaseRecord, archive.going_on)
        assert verify(session, archive.centre_id) is None
    assert "not empty" in operator.restores(made, status=2).err
    fresh.engine.dispose()


def test_the_offline_key_is_given_in_a_file_or_by_the_standard_input_and_never_said(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = operator.backup()
    secret = (operator.folder / "backup.key").read_text(encoding="utf-8")
    fresh = operator.loses_everything()
    operator.sets("PORTAL_ERASURES", None)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"somewhat more\n{secret}\n"))
    said = operator.types("restore", made, "--key", "-")
    assert secret.split(".")[1] not in said.out + said.err
    assert dump(fresh)["case_record"] == dump(operator.archive.database)["case_record"]
    (operator.folder / "backup.key").write_text(secret[:-1], encoding="utf-8")
    said = operator.restores(made, status=2)
    assert "holds no offline key" in said.err
    assert secret.split(".")[1] not in said.out + said.err
    assert "--key" in operator.types("register", "read", made, status=2).err
    fresh.engine.dispose()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("PORTAL_RECEIPT_KEYS", base64.b64encode(b"x" * 32).decode(), "not signed by this installation"),
        ("PORTAL_SEALING_KEY", base64.b64encode(b"x" * 32).decode(), "no case opens: PORTAL_SEALING_KEYS has another"),
    ],
)
def test_a_key_of_the_installation_that_is_lost_or_another_is_named(
    operator: Operator, name: str, value: str, why: str
) -> None:
    made = operator.backup()
    fresh = operator.loses_everything()
    operator.sets(name, value)
    operator.sets("PORTAL_ERASURES", None)
    said = operator.restores(made, status=2 if name == "PORTAL_RECEIPT_KEYS" else 1)
    assert why in said.out + said.err
    assert bool(dump(fresh)) == (name == "PORTAL_SEALING_KEY")
    fresh.engine.dispose()


def test_without_the_list_of_erasures_it_says_that_nothing_is_served_before_it_is_there(operator: Operator) -> None:
    made = operator.backup()
    for value, status, told in ((None, 0, "PORTAL_ERASURES is not set"), (operator.folder / "gone", 1, "not there")):
        fresh = operator.loses_everything()
        operator.sets("PORTAL_ERASURES", str(value) if value else None)
        said = operator.restores(made, status=status)
        assert told in said.out + said.err
        assert not (operator.folder / "gone").exists()
        fresh.engine.dispose()


def test_what_waited_to_be_sent_is_not_sent_again_by_a_machine(operator: Operator) -> None:
    """It may have gone out after the backup, to a number or with a link that ended since."""
    archive = operator.archive
    archive.a_message("waiting")
    archive.a_message("sending")
    made = operator.backup()
    fresh = operator.loses_everything()
    operator.sets("PORTAL_ERASURES", None)
    assert "2 messages may have gone out" in operator.restores(made).out
    with fresh.reading() as session:
        assert sorted(session.scalars(select(Message.state))) == ["sent", "unsure", "unsure"]
    assert claim(fresh, list(Channel), archive.clock()) is None
    fresh.engine.dispose()


def test_what_is_no_backup_or_was_changed_is_said_and_writes_nothing(operator: Operator) -> None:
    made = operator.backup()
    fresh = operator.loses_everything()
    content = made.read_bytes()
    for wrong, why in ((content[:-1], "was changed, added or cut off"), (b"something", "no backup")):
        made.write_bytes(wrong)
        assert why in operator.restores(made, status=2).err
    assert "No such file" in operator.restores(operator.folder / "nowhere", status=2).err
    assert dump(fresh) == {}
    fresh.engine.dispose()


def test_without_a_key_that_is_kept_offline_nothing_is_written(operator: Operator) -> None:
    for name, command in (("PORTAL_BACKUP_KEY", "backup"), ("PORTAL_REGISTER_KEY", "register")):
        operator.sets(name, "backup1.wrong.0000")
        assert name in operator.types(command, operator.backups, status=2).err
        operator.sets(name, None)
        assert f"{name}: is not set" in operator.types(command, operator.backups, status=2).err
    assert list(operator.backups.iterdir()) == []


def test_every_day_a_backup_and_none_with_keys_grows_older_than_a_week(operator: Operator) -> None:
    bare = operator.backup("--without-keys")
    for day in range(9):
        operator.archive.clock.forward(days=1)
        said = operator.types("backup", operator.backups).out
        assert ("deleted, because it holds keys" in said) == (day >= 7)
    assert bare.exists()
    assert len(list(operator.backups.iterdir())) == 8


def test_the_register_of_the_day_is_written_and_read(operator: Operator) -> None:
    archive = operator.archive
    said = operator.types("register", operator.backups)
    assert "1 lines" in said.out
    assert archive.journal()[-1] == (OPERATOR, "register-written", archive.centre_id)
    (path,) = operator.backups.iterdir()
    key = operator.folder / "register.key"
    read = operator.types("register", "read", path, "--key", key, "--language", "en", "--on", "2026-08-01")
    assert case_code(archive.going_on) in read.out
    assert case_code(archive.case_id) not in read.out
    public = operator.types("receipt-key").out.split()[0]
    assert operator.types("register", "read", path, "--key", key, "--signed-by", public).err == ""
    stranger = base64.b64encode(b"x" * 32).decode()
    assert "another" in operator.types("register", "read", path, "--key", key, "--signed-by", stranger, status=1).err
    assert "no such centre" in operator.types("register", operator.backups, "--centre", "nowhere", status=1).err
