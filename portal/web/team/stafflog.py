"""The log for the hospital's security officer: who of the team did or opened what, when, from which workstation.

It is of the team alone: these hooks hang on the pages of the console and on nothing else. It holds no reference, no
token, no code and nothing that was typed, but for the name of an account that exists; what a line is about is a random
id.
"""

import ipaddress
import json
import os
import re

from flask import Response, g, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.access.team import Member, find_member
from portal.events import Event, tell_error
from portal.records.fence import Across
from portal.records.models import Staff
from portal.web import cookies
from portal.web.rooms import rooms
from portal.web.team.desk import blueprint

UNKNOWN = "unknown"
IDENTIFIER = re.compile(r"[0-9a-f]{32}")


@blueprint.after_request
def keep_a_line(response: Response) -> Response:
    """Write one line for what a member did or opened, and for who signed in or tried to."""
    if rooms().settings.staff_log is not None:
        try:
            line = _line(response)
        except SQLAlchemyError as problem:  # the records are gone: nobody works, and the answer says so
            tell_error(Event.STAFF_LOG_NOT_WRITTEN, problem)
        else:
            if line is not None:
                _append(json.dumps({**line, **_what(response)}))
    return response


def _line(response: Response) -> dict[str, str] | None:
    """Return who it was; None where nobody of the team was there and nobody tried."""
    if secret := cookies.newly_set(response, cookies.TEAM):
        signed_in = find_member(rooms().database, secret, rooms().now)
        return {"event": "signed-in", **_account(signed_in)} if signed_in else None
    if member := g.get("member"):
        return {"event": "work", **_account(member)}
    if request.method == "POST" and response.status_code >= 400:
        return {"event": "sign-in-refused", "account": _known_name(request.form.get("login", ""))}
    return None


def _account(member: Member) -> dict[str, str]:
    with rooms().database.reading(member.centre_id) as session:
        number = session.get_one(Staff, member.staff_id).number
    return {"account": member.login, "number": number, "centre": member.centre_name}


def _known_name(typed: str) -> str:
    """Return a typed name where an account has it: a password typed into the wrong field must not land here."""
    with rooms().database.reading(across=Across.NAMES) as session:
        login = session.scalars(select(Staff.login).where(Staff.login == typed.strip().casefold())).first()
    return login or UNKNOWN


def _what(response: Response) -> dict[str, object]:
    values = request.view_args or {}
    about = [str(one) for name, one in values.items() if name.endswith("_id") and IDENTIFIER.fullmatch(str(one))]
    return {
        "at": rooms().now.isoformat(timespec="seconds"),
        "workstation": _workstation(),
        "what": request.endpoint or "",
        "method": request.method,
        "status": response.status_code,
        "subject": about[0] if about else None,
    }


def _workstation() -> str:
    """Return the address that asks: of the connection, or what the hospital's own proxy says, where one is set.

    A proxy adds at the end; whatever stands before may be typed by anybody.
    """
    header = rooms().settings.proxy_header
    told = request.headers.get(header, "").rsplit(",", 1)[-1].strip() if header else request.remote_addr or ""
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return UNKNOWN


def _append(line: str) -> None:
    """Add a line, whole, to the file as it is called now: it can be rotated at any moment."""
    path = rooms().settings.staff_log
    try:
        file = os.open(path or "", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line.encode() + b"\n")
        finally:
            os.close(file)
    except OSError as problem:  # a nurse goes on working; the operator reads this in the error log
        tell_error(Event.STAFF_LOG_NOT_WRITTEN, problem)
