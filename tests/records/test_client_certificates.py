"""PostgreSQL on another machine knows each machine of the portal by a certificate, as docs/postgresql.md tells it."""

import datetime as dt
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from portal.records.database import Database
from portal.settings import settings_from
from tests import machine
from tests.machine import APP, OWNER
from tests.running import HOME
from tests.test_settings import GOOD

pytestmark = pytest.mark.postgresql

NAME = "database.example"
TOLD = (Path(__file__).parents[2] / "docs" / "postgresql.md").read_text(encoding="utf-8")
PATIENCE = 60
LIFE = dt.timedelta(days=1)


class Authority:
    """Whoever signs certificates: one for the server, another for the machines of the portal."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self.file = folder / f"{name}.pem"
        made = _unsigned(self._name, self._name, self._key).add_extension(x509.BasicConstraints(True, 0), critical=True)
        self.file.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, file: Path) -> None:
        """Write a certificate for a name, and its key beside it, in place of what was there."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _unsigned(_named(name), self._name, key)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        signed = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        file.write_bytes(signed)
        secret = file.with_suffix(".key")
        secret.touch(mode=0o600)
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _unsigned(whose: x509.Name, by: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(whose).issuer_name(by).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(now - LIFE).not_valid_after(now + LIFE)


@dataclass
class Server:
    """A PostgreSQL that listens, set up as docs/postgresql.md tells it."""

    cluster: machine.Cluster
    port: str
    folder: Path
    own: Authority
    machines: Authority

    def address(self, account: str = APP, host: str = NAME, shows: str = "portal-1", **other: str) -> str:
        """What stands in PORTAL_DATABASE of a machine that shows a certificate."""
        asked = {
            "hostaddr": HOME,
            "sslmode": "verify-full",
            "sslrootcert": str(self.own.file),
            "sslcert": str(self.folder / f"{shows}.pem"),
            "sslkey": str(self.folder / f"{shows}.key"),
        } | other
        written = "&".join(f"{name}={value}" for name, value in asked.items() if value)
        return f"postgresql+psycopg://{account}@{host}:{self.port}/portal?{written}"

    def machine(self, name: str, by: Authority | None = None) -> None:
        """Give a machine a certificate, in place of the one it has."""
        (by or self.machines).issue(name, self.folder / f"{name}.pem")

    def shows(self, by: Authority) -> None:
        """Give the server itself a certificate, in place of the one it has."""
        self._has("server.pem", by)

    def begins(self) -> None:
        """Let it ask for certificates, in the words of the page."""
        data = self.cluster.folder / "data"
        self.shows(self.own)
        shutil.copy(self.machines.file, data / "machines.pem")
        self._gives("machines.pem")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join(["", "ssl = on", *_told("ssl_"), ""]))
        hosts = [line.replace("192.0.2.0/28", f"{HOME}/32") for line in _told("hostssl ")]
        (data / "pg_hba.conf").write_text("\n".join(["local all all trust", *hosts, ""]), encoding="utf-8")
        self.knows(_told("machines "))

    def knows(self, lines: list[str]) -> None:
        """Write down which machines there are, and have the server look."""
        known = self.cluster.folder / "data" / "pg_ident.conf"
        known.write_text("\n".join([*lines, ""]), encoding="utf-8")
        self.looks_again()

    def looks_again(self) -> None:
        """Have the server read its files, as `pg_ctl reload` does: nobody is cut off."""
        local = create_engine(f"postgresql+psycopg://tests@/portal?host={self.cluster.folder}&port={self.port}")
        with local.connect() as connection:
            connection.execute(text("SELECT pg_reload_conf()"))
        local.dispose()

    def _has(self, name: str, by: Authority) -> None:
        by.issue(NAME, self.cluster.folder / "data" / name)
        self._gives(name, name.replace(".pem", ".key"))

    def _gives(self, *names: str) -> None:
        for name in names if os.geteuid() == 0 else ():
            shutil.chown(self.cluster.folder / "data" / name, "postgres", "postgres")


def _told(begins: str) -> list[str]:
    found = [line for line in TOLD.splitlines() if line.startswith(begins)]
    assert found, f"docs/postgresql.md has no line that begins with {begins!r}"
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    tools = machine.postgresql_tools()
    assert tools is not None, machine.HOW["postgresql"]
    folder = tmp_path_factory.mktemp("certificates")
    port = str(20_000 + os.getpid() % 10_000)  # below those that are handed out: it stays free while the server is made
    cluster = machine.Cluster(tools, None, listen_addresses=HOME, port=port)
    try:
        cluster.database("portal")
        made = Server(cluster, port, folder, Authority(folder, "servers"), Authority(folder, "machines"))
        for name in ("portal-1", "portal-2", "portal-upgrade", "portal-stolen"):
            made.machine(name)
        made.begins()
        until_let_in(made.address())
        yield made
    finally:
        cluster.stop()


@contextmanager
def asking(address: str) -> Iterator[Database]:
    """The records, as a machine in production asks for them."""
    database = Database(settings_from({**GOOD, "PORTAL_DATABASE": address}).database, b"k" * 32)
    try:
        yield database
    finally:
        database.engine.dispose()


def entered(database: Database) -> tuple[str, str, int]:
    """Return as whom the records are asked: the account, the machine, the number of its certificate."""
    who = text("SELECT current_user, client_dn, client_serial FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()")
    with database.reading() as session:
        account, shown, number = session.execute(who).one()
    return str(account), str(shown), int(number)


def is_let_in(address: str) -> bool:
    with asking(address) as database:
        try:
            return bool(entered(database))
        except OperationalError:
            return False


def until_let_in(address: str, *, wanted: bool = True) -> None:
    """Wait until a server that was told to read its files again has read them."""
    last = time.monotonic() + PATIENCE
    while is_let_in(address) is not wanted:
        assert time.monotonic() < last
        time.sleep(0.1)


def test_a_machine_enters_by_its_certificate_and_no_password(server: Server) -> None:
    for name, account in (("portal-1", APP), ("portal-2", APP), ("portal-upgrade", OWNER)):
        with asking(server.address(account, shows=name)) as database:
            assert entered(database)[:2] == (account, f"/CN={name}")


def test_no_other_certificate_enters(server: Server) -> None:
    server.machine("portal-1-of-others", Authority(server.folder, "others"))
    others = server.folder / "portal-1-of-others"
    refused = {
        "none at all": server.address(sslcert="", sslkey=""),
        "signed by others": server.address(shows=others.name),
        "of a machine that is not listed": server.address(shows="portal-stolen"),
        "of a machine, for the account that owns": server.address(OWNER, shows="portal-1"),
        "the one for upgrades, for the account that works": server.address(shows="portal-upgrade"),
        "in clear": server.address(sslmode="disable"),
    }
    assert [why for why, address in refused.items() if is_let_in(address)] == []
    assert is_let_in(server.address())


def test_a_machine_speaks_to_no_other_server(server: Server) -> None:
    with asking(server.address(host="another.example")) as database, pytest.raises(OperationalError, match="another"):
        entered(database)
    assert not is_let_in(server.address(sslrootcert=str(server.machines.file)))
    assert is_let_in(server.address())


def test_a_certificate_is_renewed_while_the_machine_works(server: Server) -> None:
    with asking(server.address(shows="portal-2")) as database:
        before = entered(database)
        server.machine("portal-2")
        assert entered(database) == before  # what is open goes on
        database.engine.dispose()
        after = entered(database)
        assert after[:2] == before[:2]
        assert after[2] != before[2]


def test_the_servers_own_certificate_and_its_authority_are_renewed_while_machines_work(server: Server) -> None:
    """First each machine trusts both authorities, then the server shows the new one."""
    new = Authority(server.folder, "new-servers")
    both = server.folder / "both.pem"
    both.write_bytes(server.own.file.read_bytes() + new.file.read_bytes())
    by_both, by_new = server.address(sslrootcert=str(both)), server.address(sslrootcert=str(new.file))
    with asking(by_both) as database:
        before = entered(database)
        assert not is_let_in(by_new)
        server.shows(new)
        server.looks_again()
        until_let_in(by_new)
        assert entered(database) == before
        assert is_let_in(by_both)
    server.shows(server.own)
    server.looks_again()
    until_let_in(server.address())


def test_a_machine_that_is_taken_off_the_list_is_let_in_no_more(server: Server) -> None:
    listed = _told("machines ")
    server.knows([line for line in listed if "portal-2" not in line])
    until_let_in(server.address(shows="portal-2"), wanted=False)
    assert is_let_in(server.address())
    server.knows(listed)
    until_let_in(server.address(shows="portal-2"))
