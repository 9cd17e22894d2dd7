"""A file built from the content is whole or not there, also when several build it at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from portal.library.artefact import keep


def test_many_who_build_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "pages-new.json"
    bodies = [bytes([65 + number]) * 200_000 for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda body: keep(path, body, "pages-*.json"), bodies))
    assert path.read_bytes() in bodies
    assert [one.name for one in tmp_path.iterdir()] == ["pages-new.json"]


def test_what_is_older_goes_and_what_is_spared_stays(tmp_path: Path) -> None:
    for name in ("pressed-old-http.pages", "pressed-old-http.1234", "pressed-new-http.pages", "other.json"):
        (tmp_path / name).write_bytes(b"")
    keep(tmp_path / "pressed-new-https.pages", b"new", "pressed-*", spared="pressed-new-")
    left = {one.name for one in tmp_path.iterdir()}
    assert left == {"pressed-new-http.pages", "pressed-new-https.pages", "other.json"}
