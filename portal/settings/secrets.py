"""Secrets come from files of a folder as well: the credentials of a systemd unit, or the secrets of a container.

Whatever looks at a process sees its environment, and whatever it starts inherits it; a file of these folders is read by
this account alone, lies in memory, and may be kept encrypted until the moment it is given (docs/operating.md).
"""

from collections.abc import Mapping
from pathlib import Path

from portal.settings.values import SettingError

FOLDERS = ("PORTAL_SECRETS", "CREDENTIALS_DIRECTORY")  # the second is systemd's own name for what it gives a unit
LONGEST = 65_536
SECRETS = (
    "PORTAL_SIGNING_KEYS",
    "PORTAL_SEALING_KEYS",
    "PORTAL_SEALING_KEY",
    "PORTAL_RECEIPT_KEYS",
    "PORTAL_DATABASE",  # its address may hold a password
    "PORTAL_SMTP",  # likewise
    "PORTAL_SMS_TOKEN",
    "PORTAL_OIDC_CLIENT_SECRET",
)


def given_as_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that lie in a folder, each in a file with the name of its setting.

    Other files there are nobody's business here; an empty one is as if it were not there.

    Raises:
        SettingError: a file cannot be read, or the same secret is also set in the environment.

    """
    folder = next((environment[name] for name in FOLDERS if environment.get(name)), None)
    if folder is None:
        return {}
    found = {name: _content(name, Path(folder) / name) for name in SECRETS if (Path(folder) / name).exists()}
    for name, content in found.items():
        if content and environment.get(name):
            raise SettingError(f"{name}: is set, and lies in a file as well; one of them must go")
    return {name: content for name, content in found.items() if content}


def _content(name: str, file: Path) -> str:
    """Return what is in a file without the end of its line; an error never repeats it."""
    try:
        content = file.read_bytes()[: LONGEST + 1].decode()
    except OSError as problem:
        raise SettingError(f"{name}: its file cannot be read: {problem.strerror or 'no reason given'}") from None
    except ValueError:
        raise SettingError(f"{name}: its file is not text") from None
    if len(content) > LONGEST:
        raise SettingError(f"{name}: its file is longer than any secret")
    return content.strip()
