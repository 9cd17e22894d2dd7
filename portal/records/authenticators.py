"""The secret of a member's authenticator, as it is kept: sealed by the key of their centre."""

from collections.abc import Sequence

from portal.records import seal
from portal.records.models import Staff
from portal.records.seal import UnreadableError

PLACE = ("staff", "sealed_authenticator")


def sealed_authenticator(centre_key: bytes, staff_id: str, secret: str) -> bytes:
    """Seal a secret for a member."""
    return seal.seal(centre_key, secret.encode(), *PLACE, staff_id)


def read_authenticator(centre_keys: Sequence[bytes], staff: Staff) -> str:
    """Return a member's secret, whichever key of their centre sealed it.

    Raises:
        portal.records.seal.UnreadableError: none of them did.

    """
    for key in reversed(centre_keys):
        try:
            return seal.unseal(key, staff.sealed_authenticator or b"", *PLACE, staff.id).decode()
        except UnreadableError:
            continue
    raise UnreadableError(*PLACE, staff.id)
