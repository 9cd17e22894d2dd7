"""Send one wrong code to each of many links in the same moment, and print which answers came."""

import http.client
import sys
import threading
from collections import Counter

WRONG = "code=00000000"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def main(port: int, tokens: list[str]) -> Counter[int]:
    """Begin all at once, from a process of its own; loopback only, one code a link and no more."""
    gate, answers = threading.Barrier(len(tokens)), Counter[int]()

    def send(token: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        gate.wait()
        connection.request("POST", f"/fr/l/{token}", WRONG, HEADERS)
        response = connection.getresponse()
        response.read()
        connection.close()
        answers[response.status] += 1

    threads = [threading.Thread(target=send, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


if __name__ == "__main__":
    for status, times in sorted(main(int(sys.argv[1]), sys.stdin.read().split()).items()):
        print(f"{status}: {times}", end="  ")
