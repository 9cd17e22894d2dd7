"""Small sheets of facts in sealed columns. They have one of a few lengths: a length must not tell what is written."""

import json
from typing import Any

from portal.records import seal

BLOCK = 512
OVERHEAD = seal.NONCE_BYTES + seal.TAG_BYTES  # what sealing adds to a length


def seal_sheet(key: bytes, sheet: dict[str, Any], *place: str) -> bytes:
    """Seal a sheet for its place. Without the padding, "before-exam" would be longer than "none", also when sealed."""
    plain = json.dumps(sheet, ensure_ascii=False).encode()
    return seal.seal(key, plain + b" " * (-len(plain) % BLOCK), *place)


def unseal_sheet(key: bytes, sealed: bytes | None, *place: str) -> dict[str, Any]:
    """Return a sheet; an empty one where nothing was ever written."""
    if sealed is None:
        return {}
    sheet: dict[str, Any] = json.loads(seal.unseal(key, sealed, *place))
    return sheet


def is_padded(sealed: bytes) -> bool:
    """Tell whether a sealed sheet has one of the few lengths."""
    return (len(sealed) - OVERHEAD) % BLOCK == 0
