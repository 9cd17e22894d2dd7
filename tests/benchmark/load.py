"""Ask one page over a few kept connections for a few seconds, and print how often it was answered."""

import selectors
import socket
import sys
import time

REQUEST = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n"


def main(port: int, connections: int, seconds: float, path: str) -> int:
    """Keep every connection busy with one request at a time; loopback only, and never longer than asked."""
    request = REQUEST.format(path=path).encode()
    chooser = selectors.DefaultSelector()
    opened = []
    for _ in range(connections):
        opened.append(connection := socket.create_connection(("127.0.0.1", port)))
        connection.sendall(request)
        chooser.register(connection, selectors.EVENT_READ, bytearray())
    answered, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in chooser.select(timeout=0.1):
            asking, got = key.fileobj, key.data
            assert isinstance(asking, socket.socket)
            got += asking.recv(65536)
            if is_whole(got):
                answered += 1
                got.clear()
                asking.sendall(request)
    for connection in opened:
        connection.close()
    return answered


def is_whole(got: bytearray) -> bool:
    head, found, body = bytes(got).partition(b"\r\n\r\n")
    if not found:
        return False
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return len(body) >= length


if __name__ == "__main__":
    print(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
