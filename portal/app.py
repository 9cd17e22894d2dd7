"""Wires the rooms, nothing else."""

from collections.abc import Callable

from flask import Flask

from portal.access.common_list import listed_in
from portal.access.hospital.provider import Provider
from portal.clock import Clock, system_clock
from portal.library import load_library
from portal.library.words import TELLING
from portal.messages import senders_from
from portal.records.database import Database
from portal.settings import Mode, SettingError, Settings
from portal.web import (
    arrival,
    closed,
    disclosure,
    find,
    followup,
    guide,
    languages,
    places,
    press,
    safety,
    services,
    site,
    team,
)
from portal.web.rooms import Rooms
from portal.web.sealing import Seal
from portal.web.watch import Watch

SECONDS_IN_LINE = 1  # for the records, where they are stuck: a thread that waits is one less for everybody


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    *,
    is_export: bool = False,
    look_first: Callable[[], bool] | None = None,
) -> Flask:
    """Return the application of one installation, or one whose public pages are to be written as files.

    `look_first` tells whether the records may be opened, where they were away when the program started.

    Raises:
        portal.library.ContentError: the content cannot be built.
        portal.web.languages.CatalogueError: the interface is incomplete in one language.
        portal.settings.SettingError: the address of the site, or a sender of messages, tells what it is about; or the
            list of common passwords is none.

    """
    if settings.mode is Mode.PRODUCTION and (told := TELLING.search(settings.base_url)):
        raise SettingError(f"PORTAL_BASE_URL: says {told[0]!r}; an address stands in messages and in histories")
    listed_in(settings.common_passwords)
    senders = senders_from(settings, clock)
    cache = settings.data / "built"
    library = load_library(cache=cache)
    app = Flask("portal", static_folder=None)
    app.extensions["portal-library"] = library
    app.extensions["portal-seal"] = Seal(settings.signing_keys, clock)
    database = Database.of(settings, patience=SECONDS_IN_LINE)
    hospital = Provider(settings.hospital) if settings.hospital else None
    app.extensions["portal"] = Rooms(settings, library, database, clock, senders, hospital)
    app.extensions["portal-watch"] = Watch(database, settings.data, clock)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(is_demonstration=settings.mode is Mode.DEMO, is_export=is_export)
    languages.install(app, cache)
    safety.install(app, settings)
    if look_first is not None:
        app.before_request(closed.Closed(look_first).refuse)
    team.install(app)
    for room in (site, places, guide, services, find, arrival, disclosure, followup, team):
        app.register_blueprint(room.blueprint)
    if not is_export:  # an export asks for each page once: nothing is gained by having it ready
        app.wsgi_app = press.PressedPages(app.wsgi_app, press.pressed_pages(app, cache))  # type: ignore[method-assign]
    return app
