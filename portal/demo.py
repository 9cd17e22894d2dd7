"""The demonstration: invented data in an embedded database, and everything a stranger needs to walk through it."""

import json
import secrets
import shutil
import sys
import threading
import time
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import select

from portal import law
from portal.access.factors import STEP_SECONDS
from portal.access.hashing import fast_hash
from portal.access.links import Power, is_live, make_link
from portal.access.roles import Role
from portal.access.team import add_centre, add_member
from portal.app import create_app
from portal.clock import brussels_day, system_clock
from portal.library import ContentError
from portal.library.languages import FIRST
from portal.records.cases import Admission, register_case
from portal.records.choices import Contact, change_choices
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.migrate import upgrade
from portal.records.models import CaseRecord, Link
from portal.records.notes import add_item
from portal.server import EmbeddedServer
from portal.settings import Settings
from portal.web.languages import CatalogueError

NOTES = "demonstration.json"
UNFINISHED = "{}"
NURSE, COLLEAGUE, AUDITOR = "nurse", "colleague", "auditor"
BUILT = "built"  # from the content alone, and made anew whenever that changes


@dataclass(frozen=True)
class Demonstration:
    """What is printed: invented, and kept in clear beside the demonstration's own database only."""

    login: str
    password: str
    authenticator: str
    second_authenticator: str  # of the colleague, who coordinates: nothing is destroyed by one person alone
    auditor_authenticator: str
    token: str
    code: str


def serve_demonstration(settings: Settings, host: str, port: int, *, fresh: bool) -> int:
    """Prepare the data, say where to go, and serve until interrupted."""
    notes = settings.data / NOTES
    if settings.data.exists() and any(settings.data.iterdir()) and not notes.exists():
        print(
            f"{_short(settings.data)} holds something that is not a demonstration: nothing was touched", file=sys.stderr
        )
        return 2
    if notes.exists() and (fresh or _is_unfinished(notes)):  # interrupted at first: nothing had been promised yet
        _clear(settings.data, notes)
    demonstration = prepare(settings, system_clock())
    try:
        create_app(settings)  # builds what is stale before anything is promised
    except (ContentError, CatalogueError) as problems:
        print(problems, file=sys.stderr)
        return 2
    _say(settings, demonstration)

    def tell_codes(_worker: Any) -> None:
        threading.Thread(target=_keep_telling, args=(demonstration,), daemon=True).start()

    EmbeddedServer(lambda: create_app(settings), f"{host}:{port}", post_worker_init=tell_codes).run()
    return 0


def _is_unfinished(notes: Path) -> bool:
    """Tell whether nothing was promised yet, or was by another version: what is invented is then invented anew."""
    return set(json.loads(notes.read_text(encoding="utf-8"))) != {field.name for field in fields(Demonstration)}


def _clear(data: Path, notes: Path) -> None:
    """Throw the data away; the notes stay to say whose folder it is, and what is built to be used again."""
    notes.write_text(UNFINISHED, encoding="utf-8")
    for path in set(data.iterdir()) - {notes, data / BUILT}:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def prepare(settings: Settings, now: datetime) -> Demonstration:
    """Make the tables and, the first time, the invented centre with its cases; return what to print."""
    notes = settings.data / NOTES
    known = notes.exists() and not _is_unfinished(notes)
    if not known:
        settings.data.mkdir(parents=True, exist_ok=True)
        notes.write_text(UNFINISHED, encoding="utf-8")
    database = Database.of(settings)
    upgrade(database)
    if known:
        demonstration = _with_live_link(database, Demonstration(**json.loads(notes.read_text(encoding="utf-8"))), now)
    else:
        demonstration = _invent(database, now)
    notes.write_text(json.dumps(demonstration.__dict__), encoding="utf-8")
    notes.chmod(0o600)
    return demonstration


def _with_live_link(database: Database, demonstration: Demonstration, now: datetime) -> Demonstration:
    """Return what to print with a link that opens: the one before may have ended, or a newer one replaced it."""
    with database.reading(across=Across.LINK) as session:
        link = session.scalars(select(Link).where(Link.token_hash == fast_hash(demonstration.token))).one()
        if is_live(link, now):
            return demonstration
        case = session.get_one(CaseRecord, link.case_id)
    fresh = make_link(database, case.centre_id, case.id, case.registered_by, now, Power.EVERYTHING)
    return replace(demonstration, token=fresh.token, code=fresh.code)


def _invent(database: Database, now: datetime) -> Demonstration:
    centre = add_centre(database, "Demonstration")
    password = secrets.token_urlsafe(12)
    member = add_member(database, centre, NURSE, password, now)
    colleague = add_member(database, centre, COLLEAGUE, password, now, Role.COORDINATOR)
    auditor = add_member(database, centre, AUDITOR, password, now, Role.AUDITOR)
    today = brussels_day(now)
    cases = [
        register_case(database, centre, member.staff_id, admission, now)
        for admission in (
            _admission("DEMO-1", today - timedelta(days=160)),
            _admission("DEMO-2", today - timedelta(days=20), minor=True),
            _admission("DEMO-3", today - timedelta(days=3), complaint=law.Complaint.BEFORE_EXAM),
        )
    ]
    for number, kind in enumerate(law.ItemKind, 11):
        thing = law.Item(kind, today - timedelta(days=160))
        add_item(database, centre, cases[0], member.staff_id, thing, str(number), now)
    contact = Contact("call", "invented: nobody is called", ("evening",))
    change_choices(database, centre, cases[0], member.staff_id, now, contact=contact, shows_openings=True)
    link = make_link(database, centre, cases[0], member.staff_id, now, Power.EVERYTHING)
    return Demonstration(
        login=NURSE,
        password=password,
        authenticator=member.authenticator,
        second_authenticator=colleague.authenticator,
        auditor_authenticator=auditor.authenticator,
        token=link.token,
        code=link.code,
    )


def _admission(
    reference: str, exam_on: date, *, minor: bool = False, complaint: law.Complaint = law.Complaint.NONE
) -> Admission:
    return Admission(reference, exam_on, minor, complaint, FIRST)


def _say(settings: Settings, demonstration: Demonstration) -> None:
    address = settings.base_url
    print(
        f"""
Demonstration, with invented data kept in {_short(settings.data)} (start again with --fresh).

  Read                {address}/
  A nurse signs in    {address}/fr/team/in
                      name {demonstration.login}   password {demonstration.password}
                      authenticator key {demonstration.authenticator}; the code of the moment stands below
  The coordinator     name {COLLEAGUE}   the same password
                      authenticator key {demonstration.second_authenticator}; the second code below
  The auditor         name {AUDITOR}   the same password
                      authenticator key {demonstration.auditor_authenticator}; the third code below
  A person's link     {address}/fr/l/{demonstration.token}
                      code {demonstration.code[:4]} {demonstration.code[4:]}

Stop with Ctrl-C.
""",
        flush=True,
    )


def _keep_telling(demonstration: Demonstration) -> None:
    """Print the authenticator codes as they begin, so that no second terminal or telephone is needed."""
    keys = (demonstration.authenticator, demonstration.second_authenticator, demonstration.auditor_authenticator)
    nurse, colleague, auditor = (pyotp.TOTP(key) for key in keys)
    end = "\r" if sys.stdout.isatty() else "\n"
    while True:
        left = STEP_SECONDS - int(time.time()) % STEP_SECONDS
        others = f"{COLLEAGUE}: {colleague.now()}   {AUDITOR}: {auditor.now()}"
        print(f"  authenticator code of the moment: {nurse.now()}   {others}", end=end, flush=True)
        time.sleep(left)


def _short(path: Path) -> str:
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
