"""Passkeys: a key that a member carries, and that asks for a finger or a PIN itself. It is two factors in one.

A challenge lives five minutes and works once: the moment of its making must lie after the key's last use.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.access.hashing import fast_hash
from portal.access.sessions import begin_session, note_factor
from portal.access.team import Member
from portal.records.database import Database
from portal.records.fence import Across, first_across
from portal.records.journal import write_line
from portal.records.models import Passkey, Staff

CHALLENGE_LIVES = timedelta(minutes=5)
CHALLENGE_BYTES = 32
MOST_PASSKEYS = 10
NAME_MOST = 60


class NotGenuineError(Exception):
    """What the browser sent is not the answer of a known key to this challenge."""


@dataclass(frozen=True)
class Place:
    """Where a passkey works: at one name on the web, and nowhere that looks like it."""

    host: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> "Place | None":
        """Return the place of an installation; None where its address is a number, to which no key can be bound."""
        host = urlsplit(base_url).hostname or ""
        return None if re.fullmatch(r"[\d.]+|.*:.*|", host) else cls(host, base_url)


@dataclass(frozen=True)
class Challenge:
    """What a key is asked to sign: random, for one session or for signing in, for a few minutes."""

    value: bytes
    made_at: datetime
    bound_to: str

    @classmethod
    def new(cls, bound_to: str, now: datetime) -> "Challenge":
        """Return a fresh challenge."""
        return cls(secrets.token_bytes(CHALLENGE_BYTES), now, bound_to)

    def check(self, bound_to: str, now: datetime) -> None:
        """Refuse a challenge of another session, or an old one.

        Raises:
            NotGenuineError: it is.

        """
        if self.bound_to != bound_to or not timedelta(0) <= now - self.made_at <= CHALLENGE_LIVES:
            raise NotGenuineError


SIGN_IN = "sign-in"  # what a challenge is bound to before there is a session


def passkeys_of(database: Database, member: Member) -> list[Passkey]:
    """Return the passkeys of a member, the oldest first."""
    with database.reading(member.centre_id) as session:
        return _of(session, member.staff_id)


def options_to_add(database: Database, place: Place, member: Member, challenge: Challenge) -> str:
    """Return what the browser needs to make a passkey for a member, as JSON."""
    known = [PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkeys_of(database, member)]
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.host,
        user_id=bytes.fromhex(member.staff_id),
        user_name=member.login,
        challenge=challenge.value,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=known,
    )
    return options_to_json(options)


def options_to_show(place: Place, challenge: Challenge) -> str:
    """Return what the browser needs to ask for a passkey, whoever's it is, as JSON."""
    options = generate_authentication_options(
        rp_id=place.host, challenge=challenge.value, user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def add(
    database: Database, place: Place, member: Member, challenge: Challenge, answer: str, name: str, now: datetime
) -> None:
    """Keep the public half of a new passkey of a member. The same one twice changes nothing.

    Raises:
        NotGenuineError: the answer does not fit, the key did not ask who holds it, or there are too many.

    """
    challenge.check(member.secret_hash, now)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:  # whatever was sent
        raise NotGenuineError from error
    with database.writing(member.centre_id) as session:
        credential_hash = _hash(made.credential_id)
        known = select(Passkey.credential_hash).where(Passkey.credential_hash == credential_hash)
        if first_across(session, Across.NAMES, known):
            return
        if len(_of(session, member.staff_id)) >= MOST_PASSKEYS:
            raise NotGenuineError
        session.add(
            Passkey(
                credential_hash=credential_hash,
                staff_id=member.staff_id,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=name,
                added_at=now,
            )
        )
        write_line(session, member.centre_id, now, member.staff_id, "passkey-added", member.staff_id)


def rename(database: Database, member: Member, credential_hash: str, name: str, now: datetime) -> None:
    """Give a passkey of a member another name.

    Raises:
        LookupError: the member has no such passkey.

    """
    with database.writing(member.centre_id) as session:
        passkey = session.get(Passkey, credential_hash)
        if passkey is None or passkey.staff_id != member.staff_id:
            raise LookupError(credential_hash)
        if passkey.name != name:
            passkey.name = name
            write_line(session, member.centre_id, now, member.staff_id, "passkey-named", member.staff_id)


def remove(database: Database, member: Member, credential_hash: str, now: datetime) -> None:
    """Let a passkey of a member open nothing any more; nothing happens where it is gone already."""
    with database.writing(member.centre_id) as session:
        passkey = session.get(Passkey, credential_hash)
        if passkey is not None and passkey.staff_id == member.staff_id:
            session.delete(passkey)
            write_line(session, member.centre_id, now, member.staff_id, "passkey-removed", member.staff_id)


def sign_in(database: Database, place: Place, challenge: Challenge, answer: str, now: datetime) -> str:
    """Sign in whoever holds a passkey, and return the session's secret.

    Raises:
        NotGenuineError: it is no key of anybody who works here, or an answer that was sent before.

    """
    challenge.check(SIGN_IN, now)
    staff = _whose(database, answer)
    with database.writing(staff.centre_id) as session:
        member = session.get_one(Staff, staff.id, with_for_update=True)
        if not member.active:
            raise NotGenuineError
        _use(session.get(Passkey, _credential(answer), with_for_update=True), place, challenge, answer, now)
        secret = begin_session(session, member.id, now, factor_at=now)
        write_line(session, member.centre_id, now, member.id, "signed-in", member.id)
    return secret


def show(database: Database, place: Place, member: Member, challenge: Challenge, answer: str, now: datetime) -> None:
    """Show a passkey again inside a session: a fresh factor.

    Raises:
        NotGenuineError: it is not a key of this member, or an answer that was sent before.

    """
    challenge.check(member.secret_hash, now)
    with database.writing(member.centre_id) as session:
        passkey = session.get(Passkey, _credential(answer), with_for_update=True)
        if passkey is None or passkey.staff_id != member.staff_id:
            raise NotGenuineError
        _use(passkey, place, challenge, answer, now)
        note_factor(session, member.secret_hash, now)
        write_line(session, member.centre_id, now, member.staff_id, "factor-shown", member.staff_id)


def _use(passkey: Passkey | None, place: Place, challenge: Challenge, answer: str, now: datetime) -> None:
    if passkey is None or (passkey.used_at is not None and challenge.made_at <= passkey.used_at):
        raise NotGenuineError
    try:
        shown = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotGenuineError from error
    passkey.sign_count, passkey.used_at = shown.new_sign_count, now


def _whose(database: Database, answer: str) -> Staff:
    with database.reading(across=Across.SIGN_IN) as session:
        passkey = session.get(Passkey, _credential(answer))
        if passkey is None:
            raise NotGenuineError
        return session.get_one(Staff, passkey.staff_id)


def _credential(answer: str) -> str:
    try:
        return _hash(parse_authentication_credential_json(answer).raw_id)
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotGenuineError from error


def _hash(credential_id: bytes) -> str:
    return fast_hash(credential_id.hex())


def _of(session: Session, staff_id: str) -> list[Passkey]:
    return list(session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.added_at)))
