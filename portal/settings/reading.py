"""From an environment to the settings: each setting goes to what reads it, the whole to what refuses."""

from collections.abc import Mapping
from pathlib import Path

from portal.settings.demonstration import DEMO_DEFAULTS
from portal.settings.disclosure import security_contacts, security_policy
from portal.settings.hospital import hospital_sign_in
from portal.settings.installation import Mode, Settings
from portal.settings.keys import receipt_keys, sealing_keys, signing_keys
from portal.settings.production import refuse_unsafe
from portal.settings.secrets import given_as_files
from portal.settings.sending import mail_server, sms_gateway
from portal.settings.values import SettingError, path, required, web_address


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings from an environment, and the secrets from the folder that it names.

    Raises:
        SettingError: naming the first setting that is missing or unusable.

    """
    mode = _mode(environment.get("PORTAL_MODE", Mode.PRODUCTION))
    said = {name: value for name, value in environment.items() if name.startswith("PORTAL_") and value}
    said |= given_as_files(environment)
    values = {**_defaults(mode, said), **said}
    data = Path(required(values, "PORTAL_DATA")).absolute()
    settings = Settings(
        mode=mode,
        data=data,
        database=values.get("PORTAL_DATABASE", f"sqlite:///{data / 'records.sqlite'}"),
        base_url=web_address(values, "PORTAL_BASE_URL").rstrip("/"),
        neutral_site=web_address(values, "PORTAL_NEUTRAL_SITE"),
        signing_keys=signing_keys(values),
        sealing_keys=sealing_keys(values),
        receipt_keys=receipt_keys(values),
        centre_keys=path(values, "PORTAL_CENTRE_KEYS"),
        mail=mail_server(values),
        sms=sms_gateway(values),
        hospital=hospital_sign_in(values),
        anchors=path(values, "PORTAL_ANCHORS"),
        erasures=path(values, "PORTAL_ERASURES"),
        periods_approved=values.get("PORTAL_PERIODS_APPROVED"),
        backup_key=values.get("PORTAL_BACKUP_KEY"),
        register_key=values.get("PORTAL_REGISTER_KEY"),
        staff_log=path(values, "PORTAL_STAFF_LOG"),
        proxy_header=values.get("PORTAL_PROXY_HEADER"),
        common_passwords=path(values, "PORTAL_COMMON_PASSWORDS"),
        security_contacts=security_contacts(values),
        security_policy=security_policy(values),
    )
    if mode is Mode.PRODUCTION:
        refuse_unsafe(settings)
    return settings


def _defaults(mode: Mode, said: Mapping[str, str]) -> Mapping[str, str]:
    if mode is not Mode.DEMO:
        return {}
    return {name: value for name, value in DEMO_DEFAULTS.items() if f"{name}S" not in said}


def _mode(value: str) -> Mode:
    try:
        return Mode(value)
    except ValueError:
        raise SettingError(f"PORTAL_MODE: {value!r} is neither 'demo' nor 'production'") from None
