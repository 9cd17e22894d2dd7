"""What a browser says of a new passkey is read before anything proves it: whatever it is, the process goes on."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from portal.access.passkeys import Challenge, NotGenuineError, Place, add
from tests.key import Key, said

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 8, 1, tzinfo=UTC)
HOSTILE = {
    "a tag that holds itself": "d81cd90bb8d81d00",
    "a list that holds itself": "d81c81d81d00",
    "a map whose key holds itself": "a1d81cd90bb8d81d0001",
    "tags in tags": "d90bb8" * 300 + "01",
    "lists in lists": "81" * 5000 + "01",
    "a text longer than there are bytes": "7b7fffffffffffffff61",
    "nothing whole": "a5",
}


def shown(hostile: str) -> str:
    """Say what became of a passkey with such a public half."""
    challenge = Challenge(b"c" * 32, NOW, "a session")
    asked = {"challenge": said(challenge.value), "user": {"id": said(b"u" * 16)}}
    answer = Key().make(asked, bytes.fromhex(HOSTILE[hostile]))
    place, member = Place("localhost", "http://localhost"), SimpleNamespace(secret_hash="a session")
    try:
        add(cast("Any", None), place, cast("Any", member), challenge, answer, "a key", NOW)
    except NotGenuineError:
        return "refused"
    return "taken"


def test_it_is_refused_and_takes_nothing_with_it() -> None:
    """In a process of its own: what reads CBOR is no Python, and ended the whole process where it went wrong."""
    asked = "from tests.access.test_hostile_passkeys import *\nfor one in HOSTILE: print(one, shown(one), flush=True)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"{one} refused" for one in HOSTILE], done.stderr
    assert done.returncode == 0
