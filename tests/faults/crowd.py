"""`python -m tests.faults.crowd KIND PORT MANY SECONDS`: clients as nobody wants them; loopback only, and they end."""

import contextlib
import selectors
import socket
import sys
import time

HEAD = b"POST /fr/l/AAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
FORM = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\n\r\n"
PAGE = b"GET /fr/ HTTP/1.1\r\nHost: x\r\n"
BEGINS = {
    "silent": b"",
    "half a head": PAGE + b"X-Slow: ",
    "half a form": FORM + b"co",
    "never hangs up": PAGE + b"Connection: close\r\n\r\n",
    "never reads": PAGE + b"\r\n",
    "2 MB of headers": PAGE + b"X-Much: " + b"a" * 2_000_000,
}
DRIBBLED = {"half a head": b"a", "half a form": b"1"}


def crowd(kind: str, port: int, many: int, seconds: float) -> int:
    """Be many clients for some seconds; return how many were let in."""
    end, opened = time.monotonic() + seconds, list[socket.socket]()
    chooser = selectors.DefaultSelector()
    for _ in range(many):
        if time.monotonic() > end:
            break
        if (one := _come(kind, port)) is not None:
            opened.append(one)
            chooser.register(one, selectors.EVENT_READ)
    while time.monotonic() < end:
        for one in opened if kind in DRIBBLED else ():
            with contextlib.suppress(OSError):
                one.send(DRIBBLED[kind])
        time.sleep(min(0.5, max(0.0, end - time.monotonic())))
    for one in opened:
        one.close()
    return len(opened)


def _come(kind: str, port: int) -> socket.socket | None:
    one = socket.socket()
    if kind == "never reads":
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    one.settimeout(2)
    try:
        one.connect(("127.0.0.1", port))
        one.sendall(BEGINS[kind])
    except OSError:  # refused, or hung up on while it was still sending
        one.close()
        return None
    one.setblocking(False)
    return one


if __name__ == "__main__":
    print(crowd(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
