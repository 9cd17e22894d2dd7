"""The front of an installation: what everybody reads are files, and stay readable when everything behind is away."""

import gzip
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import brotli
import pytest

from portal.access.links import make_link
from portal.clock import system_clock
from portal.library import LANGUAGES
from portal.records.database import Database
from portal.web.pressed import Pressed
from portal.web.safety import EXPLAINED, LARGEST_BODY
from tests import machine
from tests.clock import StillClock
from tests.conftest import make_case, make_team, settings_in
from tests.exported import WITHOUT_FORMS
from tests.front import DEPLOY, Front, Kept
from tests.patterns import copied_file
from tests.running import Running

ADDRESS, FLOODS = "127.66.77.99", "127.66.77.111"
BURST, ENOUGH = 100, 3000  # in far less than the seconds in which 20 a second would let that many through
AGENT = "PlantedAgent/8.8"
CODE = "90817263"
TOKEN = "PlantedTokenOf22Signs_"
NEUTRAL = "https://{language}.wikipedia.org/"
needs_nginx = pytest.mark.nginx


def text_of(name: str) -> str:
    """A file of deploy/nginx without its comments."""
    return re.sub(r"(?m)^ *#.*$", "", (DEPLOY / name).read_text(encoding="utf-8"))


def locations() -> dict[str, str]:
    """Every location of the site, with what stands in it."""
    return dict(re.findall(r"^    location ([^{]+) \{\n(.*?)^    \}", text_of("portal.conf"), re.MULTILINE | re.DOTALL))


def test_nothing_is_logged_that_has_an_address() -> None:
    every = "".join(text_of(path.name) for path in DEPLOY.iterdir())
    assert re.findall(r"access_log [^;]*", every) == ["access_log off"]
    assert re.findall(r"error_log [^;]*", every) == ["error_log stderr emerg", "error_log /dev/null emerg"]
    assert "log_format" not in every


def test_the_limits_are_those_of_the_application() -> None:
    every = text_of("nginx.conf")
    for name in ("client_max_body_size", "client_body_buffer_size"):
        found = re.search(rf"{name} (\d+)k;", every)
        assert found
        assert int(found[1]) * 1024 == LARGEST_BODY
    assert "proxy_max_temp_file_size 0;" in every


def test_pages_with_a_form_are_asked_of_the_application_first() -> None:
    first = next(pattern for pattern in locations() if "p/" in pattern)
    assert set(re.search(r"\((\|[^)]*)\)\$", first)[1].split("|")) == WITHOUT_FORMS  # type: ignore[index]


def test_each_trouble_has_its_page_and_each_file_its_headers() -> None:
    shown = re.findall(r"error_page [^;]*/\$portal_language/(\d+)\.html;", text_of("troubles.conf"))
    assert {int(one) for one in shown} == EXPLAINED
    assert "include /etc/nginx/portal/troubles.conf;" in text_of("portal.conf").split("location ~")[0]
    for name, text in locations().items():  # with an error_page of its own, a location inherits none
        assert ("error_page" in text) == ("troubles.conf" in text), name
    for name, text in locations().items():
        is_file = "try_files" in text or "internal" in text or "return" in text
        assert ("headers.nginx;" in text) == (is_file and "acme" not in text and "https://portal" not in text), name
        assert ("proxy_pass" in text) == ("to-the-app.conf" in text), name
    assert "add_header" not in text_of("nginx.conf") + text_of("to-the-app.conf")  # they would stand there twice


def test_the_application_is_told_nothing_of_who_asks() -> None:
    told = dict(re.findall(r"proxy_set_header (\S+) ([^;]+);", text_of("to-the-app.conf")))
    assert {value for name, value in told.items() if name != "Host"} == {'""'}
    assert "$" not in told["Host"]


def test_the_export_says_the_same_headers_to_nginx(exported: Path) -> None:
    said = dict(
        re.findall(r'^add_header (\S+) "(.*)" always;$', (exported / "headers.nginx").read_text(), re.MULTILINE)
    )
    plain = dict(line.split(": ", 1) for line in (exported / "headers.txt").read_text().splitlines())
    assert said == {name: value for name, value in plain.items() if name != "Content-Type"}
    assert len(said) >= 8


class Site:
    """A front, the application behind it, and a link that opens."""

    def __init__(self, folder: Path, built: Path, pattern: str, public: Path) -> None:
        (folder / "data").mkdir()
        (folder / "written").mkdir()
        (folder / "nginx").mkdir()
        settings = settings_in(folder / "data", built)
        copied_file(pattern, settings.data / "records.sqlite")
        clock, database = StillClock(system_clock()), Database.of(settings)
        team = make_team(database, clock, "north")
        case_id = make_case(database, clock, team, "REF-1", f"{clock():%Y-%m-%d}")
        self.link = make_link(database, team.centre_id, case_id, team.staff_id, clock())
        database.engine.dispose()
        self.public = public
        self.app = Running(settings.data, folder / "written")
        self.front = Front(folder / "nginx", public, self.app.port, came_from=ADDRESS)

    def stop(self) -> None:
        self.front.stop()
        self.app.process.kill()
        self.app.process.wait()


@pytest.fixture(scope="module")
def site(
    exported: Path, built: Path, pressed: Pressed, sqlite_pattern: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"), built, sqlite_pattern, exported)
    made.app.wait()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def alone(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A front behind which nothing runs."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    front = Front(tmp_path_factory.mktemp("alone"), exported, port, came_from=ADDRESS)
    yield front
    front.stop()


@pytest.fixture
def talkative(exported: Path, tmp_path: Path) -> Iterator[Front]:
    """The same, with the error log that nginx has by itself."""
    (tmp_path / "nginx").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    front = Front(tmp_path / "nginx", exported, port, came_from=ADDRESS, says_all=True)
    yield front
    front.stop()


def files(public: Path) -> Iterator[tuple[str, Path]]:
    for file in public.rglob("index.html"):
        path = "/" + str(file.parent.relative_to(public)).removeprefix(".")
        if not path.endswith("/q"):
            yield path, file


@needs_nginx
def test_every_exported_page_is_read_without_anything_behind(alone: Front) -> None:
    assert "warn" not in alone.checked.stderr, alone.checked.stderr
    headers = [line.split(": ", 1) for line in (alone.public / "headers.txt").read_text().splitlines()]
    kept, read = Kept(alone), 0
    for path, file in files(alone.public):
        answer = kept.page(path + "/" if path.count("/") == 1 and path != "/" else path)
        assert (answer.status, answer.read() == file.read_bytes()) == (200, True), path
        for name, value in headers:
            assert answer.headers.get_all(name) == [value], (path, name)
        assert not {"last-modified", "etag", "accept-ranges", "set-cookie"} & {name.lower() for name in answer.headers}
        read += 1
    kept.close()
    assert read > 400


@needs_nginx
def test_pages_lie_packed(alone: Front) -> None:
    whole = alone.ask("/nl/i/5").body
    packed = alone.ask("/nl/i/5", Accept_Encoding="gzip")
    assert (packed.header("Content-Encoding"), gzip.decompress(packed.body)) == ("gzip", whole)
    assert packed.header("Vary") == "Accept-Encoding"
    if machine.brotli_module():
        packed = alone.ask("/nl/i/5", Accept_Encoding="gzip, br")
        assert (packed.header("Content-Encoding"), brotli.decompress(packed.body)) == ("br", whole)


@needs_nginx
@pytest.mark.parametrize("language", LANGUAGES)
def test_leaving_works_when_the_application_is_away(alone: Front, language: str) -> None:
    answer = alone.ask(f"/{language}/q", Cookie="__Host-v=a-secret")
    assert (answer.status, answer.header("Location")) == (303, NEUTRAL.format(language=language))
    expired = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert [one.split("=")[0] for one in expired] == ["__Host-v", "__Host-t"]
    assert all("Max-Age=0" in one and "Secure" in one for one in expired)
    assert answer.header("Clear-Site-Data") == '"cache", "cookies", "storage"'
    assert answer.header("Referrer-Policy") == "no-referrer"


@needs_nginx
@pytest.mark.parametrize("path", ["/de/l/" + TOKEN, "/de/team/", "/de/m/"])
def test_what_needs_the_application_says_calmly_that_it_is_away(alone: Front, path: str) -> None:
    for method, body in (("GET", ""), ("POST", f"code={CODE}")):
        answer = alone.ask(path, method, body)
        assert (answer.status, answer.body) == (503, (alone.public / "de" / "503.html").read_bytes())
        assert answer.header("Content-Security-Policy")


@needs_nginx
@pytest.mark.parametrize("path", ["/xx/", "/xx/i/"])
def test_a_language_that_nobody_speaks_is_not_here(alone: Front, path: str) -> None:
    answer = alone.ask(path)
    assert (answer.status, answer.body) == (404, (alone.public / LANGUAGES[0] / "404.html").read_bytes())
    assert answer.header("Content-Security-Policy")


@needs_nginx
def test_with_the_application_forms_are_there_and_work(site: Site) -> None:
    ask = site.front.ask
    assert b"<form" in ask("/fr/i/").body
    assert ask("/fr/i/5").body == (site.public / "fr/i/5/index.html").read_bytes()
    assert b'href="/fr/l/"' in ask("/fr/").body
    assert ask("/fr/nothing").status == 404
    assert ask("/health").status == ask("/ready").status == ask("/metrics").status == 404
    assert ask("/fr/404.html").status == ask("/headers.txt").status == ask("/headers.nginx").status == 404
    assert ask("/languages.nginx").status == 404
    assert ask("/fr/i/5", "POST", "a=b").status == 405
    opened = ask(f"/fr/l/{site.link.token}", "POST", f"code={site.link.code}", Origin="null")
    assert opened.status == 303
    assert ask("/fr/q").header("Location") == NEUTRAL.format(language="fr")
    for name in ("Content-Security-Policy", "Cache-Control", "Referrer-Policy"):
        assert opened.header(name), name  # once: `header` holds that


def test_only_current_encryption_is_spoken_and_nothing_is_asked_without_it() -> None:
    whole, site = text_of("nginx.conf"), text_of("portal.conf")
    assert re.findall(r"ssl_protocols ([^;]+);", whole) == ["TLSv1.2 TLSv1.3"]
    assert re.findall(r"ssl_ciphers ([^;]+);", whole) == ["ECDHE+AESGCM:ECDHE+CHACHA20"]  # forward secrecy, AEAD
    plain = [one for one in re.split(r"(?m)^server \{", site)[1:] if "ssl" not in one]
    assert len(plain) == 2
    for one in plain:
        assert "proxy_pass" not in one
        assert re.search(r"return (444|301 https://portal\.example\$request_uri);", one)


@needs_nginx
def test_two_protocols_are_spoken_and_other_names_refused(site: Site) -> None:
    with site.front.connection(alpn="h2") as spoken:
        assert spoken.selected_alpn_protocol() == "h2"
        assert spoken.version() == "TLSv1.3"
    with pytest.raises(OSError, match=r"unrecognized|alert|EOF|reset"):
        site.front.connection("elsewhere.example")
    with socket.create_connection(("127.0.0.1", site.front.plain_port), timeout=30) as plain:
        plain.sendall(b"GET /fr/i/5 HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n\r\n")
        assert b"Location: https://portal.example/fr/i/5" in plain.recv(65536)


@needs_nginx
def test_a_name_that_only_the_request_says_is_told_nothing(site: Site) -> None:
    asked = b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n"
    assert site.front.sent(asked) == b""
    assert site.front.ask_by_two("/", name="elsewhere.example") == b""


@needs_nginx
@pytest.mark.parametrize("path", ["/fr/i/5", "/fr/", "/fr/q", f"/fr/l/{TOKEN}"])
def test_a_form_that_is_too_large_is_answered_with_a_page_in_either_protocol(
    site: Site, alone: Front, path: str
) -> None:
    page, body = (site.public / "fr/413.html").read_bytes(), "e" * (LARGEST_BODY + 1)
    for front in (site.front, alone):
        answer = front.ask(path, "POST", body)
        assert (answer.status, answer.body) == (413, page)
        assert front.ask_by_two(path, "POST", body.encode()) == page


@needs_nginx
def test_pages_are_the_same_in_either_protocol(site: Site, alone: Front) -> None:
    for front in (site.front, alone):
        assert front.ask_by_two("/fr/i/5") == (site.public / "fr/i/5/index.html").read_bytes()
    assert site.front.ask_by_two("/fr/nothing") == site.front.ask("/fr/nothing").body
    form = {"content_type": "application/x-www-form-urlencoded", "origin": "https://portal.example"}
    said = site.front.ask_by_two(f"/fr/l/{site.link.token}", "POST", b"code=no", sec_fetch_site="same-origin", **form)
    assert b"<form" in said
    assert alone.ask_by_two("/fr/m/") == (site.public / "fr/503.html").read_bytes()


@needs_nginx
def test_whatever_is_provoked_no_log_names_anybody(site: Site, alone: Front) -> None:
    for front in (site.front, alone):
        _provoke(front)
        assert front.said() == b""


@needs_nginx
def test_what_is_provoked_is_what_nginx_would_write_down_by_itself(talkative: Front) -> None:
    _provoke(talkative)
    flood(talkative)
    said = talkative.said()
    for written in (ADDRESS, FLOODS, TOKEN, "client sent invalid", "too large body", "limiting requests", "refused"):
        assert written.encode() in said, written


@needs_nginx
def test_who_asks_too_much_is_told_so_calmly_and_reads_and_leaves_as_before(alone: Front) -> None:
    passed, refused = flood(alone)
    assert passed > BURST  # a hospital comes from one address
    assert refused == (alone.public / "fr" / "429.html").read_bytes()
    kept = Kept(alone, FLOODS)
    for path, status in (("/fr/i/5", 200), ("/fr/", 200), ("/fr/q", 303)):
        answer = kept.page(path)
        answer.read()
        assert (answer.status, bool(answer.headers["Content-Security-Policy"])) == (status, True), path
    kept.close()
    assert alone.ask(f"/fr/l/{TOKEN}").status == 503  # somebody else is not told to wait
    assert alone.said() == b""


def flood(front: Front) -> tuple[int, bytes]:
    """Ask again and again from one address; return how often one was let through, and the page that ends it."""
    kept = Kept(front, FLOODS)
    for passed in range(ENOUGH):
        answer = kept.page(f"/fr/l/{TOKEN}", User_Agent=AGENT)
        page = answer.read()
        if answer.status == 429:
            kept.close()
            return passed, page
    raise AssertionError("nobody was refused")


def _provoke(front: Front) -> None:
    head = f"POST /fr/l/{TOKEN} HTTP/1.1\r\nHost: portal.example\r\nUser-Agent: {AGENT}\r\n".encode()
    expected = {
        f"{AGENT} {TOKEN}\r\n\r\n".encode(): 400,
        b"GET / HTTP/1.1\r\nUser-Agent: " + AGENT.encode() + b"\r\n\r\n": 400,  # no Host
        head + b"Content-Length: nine\r\n\r\n": 400,
        head + b"Content-Length: 90000\r\nConnection: close\r\n\r\ncode=" + CODE.encode(): 413,
        head + b"X-Long: " + CODE.encode() * 3000 + b"\r\n\r\n": 400,
        b"GET /fr/" + TOKEN.encode() * 800 + b" HTTP/1.1\r\nHost: portal.example\r\n\r\n": 414,
        head.replace(b"HTTP/1.1", b"HTTP/9.9") + b"\r\n": 505,
    }
    for text, status in expected.items():
        came = front.sent(text)
        assert int(came.split()[1]) == status, (text[:80], came[:300])
    for text in (head + b"Content-Length: 900\r\n\r\ncode=" + CODE.encode(), b"", head):
        with front.connection() as cut_off:
            cut_off.sendall(text)
    front.ask_by_two(f"/fr/l/{TOKEN}", "POST", CODE.encode() * 5000, user_agent=AGENT)
    front.ask_by_two(f"/fr/l/{TOKEN}", x_long=CODE * 6000, user_agent=AGENT)
    front.ask_by_two(f"/fr/l/{TOKEN}", name=AGENT, user_agent=AGENT)
    front.ask_by_two(f"/fr/l/{TOKEN * 900}", user_agent=AGENT)
    for text in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + CODE.encode() * 90, b""):
        with (
            socket.create_connection(("127.0.0.1", front.port), timeout=30, source_address=(ADDRESS, 0)) as raw,
            suppress(OSError),
        ):
            raw.sendall(text)
            raw.shutdown(socket.SHUT_WR)
            raw.recv(65536)
    with suppress(OSError):
        front.connection("elsewhere.example").close()
