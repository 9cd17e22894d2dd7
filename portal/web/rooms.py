"""What the views need from below, made once and found through the running app."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from flask import current_app
from itsdangerous import URLSafeTimedSerializer

from portal.access.hospital.provider import Provider
from portal.clock import Clock, brussels_day
from portal.library import Library
from portal.messages import Sender
from portal.records.database import Database
from portal.records.models import Centre
from portal.records.recipients import Channel
from portal.settings import Settings
from portal.web.sealing import TextSeal


@dataclass(frozen=True)
class Rooms:
    """The rooms below the web, wired by `portal.app`."""

    settings: Settings
    library: Library
    database: Database
    clock: Clock
    senders: Mapping[Channel, Sender] = field(default_factory=dict)
    hospital: Provider | None = None

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock()

    @property
    def today(self) -> date:
        """The present day in Brussels."""
        return brussels_day(self.clock())

    def phone_of(self, centre_id: str) -> str | None:
        """Return the checked phone of a centre, or None."""
        with self.database.reading(centre_id) as session:
            centre = session.get_one(Centre, centre_id)
        known = self.library.directory.centres.get(centre.directory_id or "")
        return known.phone if known else None

    def seal(self, purpose: str) -> TextSeal:
        """Return what seals text into an address for one purpose, for an hour."""
        return TextSeal(self.settings.signing_keys, self.clock, purpose)

    def signer(self, purpose: str) -> URLSafeTimedSerializer:
        """Return a signer for one purpose: its salt, HMAC-SHA256, keys that rotate with the newest last."""
        return URLSafeTimedSerializer(
            list(self.settings.signing_keys),
            salt=f"portal/{purpose}",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )


def rooms() -> Rooms:
    """Return the rooms of the running app."""
    return cast(Rooms, current_app.extensions["portal"])
