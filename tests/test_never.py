"""What the program never does, read off its own code: no dynamic code, no markup of others, no weak hash, no store."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[1] / "portal"
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PORTAL.rglob("*.py"))}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in (PORTAL / "static").glob("*.js")}
PAGES = {path: path.read_text(encoding="utf-8") for path in (PORTAL / "templates").rglob("*.*")}

IMPORTS = {
    "code of others, or a shell": {"subprocess", "pty", "commands", "runpy", "code", "codeop", "importlib.util"},
    "objects from bytes": {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"},
    "XML": {"xml", "lxml", "defusedxml", "xmltodict"},
    "memory without bounds": {"ctypes", "cffi", "mmap"},
    "numbers that can be guessed": {"random", "numpy"},
    "stores and directories that are not here": {
        "ldap",
        "ldap3",
        "memcache",
        "pymemcache",
        "redis",
        "graphene",
        "ariadne",
    },
    "sockets that stay open": {"websockets", "flask_sock", "flask_socketio", "aiortc"},
    "files of others": {"zipfile", "tarfile", "shutil.unpack_archive"},
}
CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "render_template_string",
    "from_string",
    "system",
    "popen",
    "md5",
    "sha1",
}
IN_A_SCRIPT = re.compile(
    r"innerHTML|outerHTML|insertAdjacent|document\.(write|cookie)|\b(eval|Function|import|fetch)\(|setAttribute|__proto__|"
    r"XMLHttpRequest|WebSocket|postMessage|localStorage|sessionStorage|indexedDB|caches\.|serviceWorker|Object\.assign"
)


@cache
def every_call() -> dict[str, list[tuple[str, ast.Call]]]:
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found.setdefault(called, []).append((str(path.relative_to(PORTAL)), node))
    return found


def calls(name: str) -> list[tuple[str, ast.Call]]:
    return every_call().get(name, [])


@cache
def imported() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
            found += [(str(path.relative_to(PORTAL)), name) for name in names]
    return found


@pytest.mark.parametrize("what", IMPORTS)
def test_what_is_not_needed_is_not_imported(what: str) -> None:
    found = [one for one in imported() if one[1] in IMPORTS[what] or one[1].split(".")[0] in IMPORTS[what]]
    assert not found


def test_no_text_becomes_code() -> None:
    builtin = {path for name in CALLS - {"compile"} for path, _ in calls(name)}
    assert not builtin
    compiled = [node for _, node in calls("compile") if not isinstance(node.func, ast.Attribute)]
    assert not compiled  # re.compile alone


def test_no_query_is_made_of_text() -> None:
    for name in ("text", "exec_driver_sql", "literal_column"):
        for path, node in calls(name):
            made = [part for part in node.args[:1] if not isinstance(part, ast.Constant) and not _is_constant(part)]
            assert not made or f"{path}" in NUMBERS_ONLY or "migrations" in path, f"{path}: {ast.unparse(node)}"


def _is_constant(part: ast.expr) -> bool:
    return isinstance(part, ast.Name) and part.id.isupper()


# seconds to wait for another writer, from a constant or a parameter of our own
NUMBERS_ONLY = {
    "records/database.py",
    "records/sweeping.py",
}


def test_only_our_own_markup_is_trusted() -> None:
    # languages: the sentences of our catalogues, into which what is said of a person goes escaped
    assert {path for path, _ in calls("Markup")} == {"web/languages.py", "web/safety.py", "web/team/qr.py"}
    safe = {path.name for path, text in PAGES.items() if re.search(r"\|\s*safe\b", text)}
    assert safe == {"page.html"}  # a section of our own content, cleaned when it was built
    assert not [path for path, text in PAGES.items() if re.search(r"autoescape|\{%-?\s*raw", text)]


def test_no_template_writes_into_a_script_or_a_style() -> None:
    for path, text in PAGES.items():
        for inside in re.findall(r"<(?:script|style)[^>]*>(.*?)</(?:script|style)>", text, re.DOTALL):
            assert re.fullmatch(r"(\s|\{%.*?%\}|\{\{ ?(script|style|team_style|passkey_script) ?\}\})*", inside), path


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_makes_no_markup_asks_nobody_and_keeps_nothing(name: str) -> None:
    assert not IN_A_SCRIPT.search(SCRIPTS[name])


def test_nothing_that_is_checked_of_a_server_is_turned_off() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert not re.search(r"CERT_NONE|check_hostname\s*=\s*False|_create_unverified_context|verify\s*=\s*False", code)


def test_what_must_not_be_guessed_comes_from_the_system() -> None:
    names = ("token_urlsafe", "token_hex", "token_bytes")
    drawn = [ast.unparse(node) for name in names for path, node in calls(name) if path != "demo.py"]
    assert drawn
    for call in drawn:
        assert re.search(r"\((1[6-9]|[2-9]\d|[A-Z_]+)\)", call), f"{call}: fewer than 128 bits"


def test_only_authenticated_ciphers_are_used() -> None:
    ciphers = {name for _, name in imported() if "cryptography" in name and re.search(r"cipher|fernet|padding", name)}
    assert ciphers
    assert not [name for name in ciphers if not name.startswith("cryptography.hazmat.primitives.ciphers.aead")]
    aead = {name.rsplit(".", 1)[1] for name in ciphers if ".aead." in name}
    assert aead == {"AESGCM"}


def test_every_hash_of_our_own_is_sha_256() -> None:
    """One SHA-1 is left, in no code of ours: pyotp's, by which authenticators count (RFC 6238)."""
    hashes = {node.attr for _, node in _attributes("hashlib")}
    assert hashes == {"sha256"}
    macs = [ast.unparse(node.args[2]) for name in ("digest", "new") for _, node in calls(name) if _is_of("hmac", node)]
    assert macs
    assert set(macs) <= {"'sha256'", "hashlib.sha256"}
    by_library = {name for _, name in imported() if name.startswith("cryptography.hazmat.primitives.hashes.")}
    assert by_library == {"cryptography.hazmat.primitives.hashes.SHA256"}
    signers = [node for name in ("URLSafeTimedSerializer", "URLSafeSerializer", "Signer") for _, node in calls(name)]
    assert signers
    assert all("'digest_method': hashlib.sha256, 'key_derivation': 'hmac'" in ast.unparse(node) for node in signers)
    assert {path for path, name in imported() if name == "pyotp"} == {"access/factors.py", "demo.py"}


def test_no_other_pair_of_keys_than_on_curve_25519() -> None:
    """128 bits, in every size that there is of them: no size is chosen, so none can be too small."""
    pairs = {name for _, name in imported() if name.startswith("cryptography.hazmat.primitives.asymmetric.")}
    assert {name.split(".")[4] for name in pairs} == {"x25519", "ed25519"}


def _attributes(of: str) -> list[tuple[Path, ast.Attribute]]:
    return [
        (path, node)
        for path, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == of
    ]


def _is_of(module: str, call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == module


def test_no_pattern_is_made_of_what_somebody_sent() -> None:
    """Every pattern of the rooms that read requests is written in the code, or made of names that are."""
    for name in ("compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"):
        for path, node in calls(name):
            is_regex = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
            if is_regex and path.startswith(("web/", "access/", "messages/", "records/", "settings")):
                variables = {part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name)}
                assert all(one.isupper() for one in variables), f"{path}: {ast.unparse(node)}"
