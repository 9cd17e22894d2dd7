"""The hospital's own sign-in (OpenID Connect): where it is, and how it knows this portal. See docs/sign-in.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.settings.values import SettingError, are_together, is_this_machine, parts_of


@dataclass(frozen=True)
class HospitalSignIn:
    """The hospital's own sign-in: its provider, and how it knows this portal."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    acr: str | None = None


def hospital_sign_in(values: Mapping[str, str]) -> HospitalSignIn | None:
    """Return the hospital's sign-in; None where the team has accounts of the portal's own alone.

    Raises:
        SettingError: only a part is set, or one cannot be used.

    """
    names = ("PORTAL_OIDC_ISSUER", "PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_CLIENT_SECRET")
    acr = values.get("PORTAL_OIDC_ACR", "").strip() or None
    if not are_together(values, names):
        if acr:
            raise SettingError("PORTAL_OIDC_ACR: is set, and PORTAL_OIDC_ISSUER is not")
        return None
    parts = parts_of(values, names[0], ("https", "http"))
    if parts.scheme == "http" and not is_this_machine(parts):
        raise SettingError("PORTAL_OIDC_ISSUER: in clear on this machine only; use https://")
    if parts.username or parts.query or parts.fragment:
        raise SettingError("PORTAL_OIDC_ISSUER: has more than a server, a port and a path")
    issuer, client_id, secret = (values[name].strip() for name in names)
    return HospitalSignIn(issuer, client_id, secret, acr)
