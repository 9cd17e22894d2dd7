"""Opaque codes for addresses, made of what they stand for and telling nothing by themselves."""

import hashlib

from portal.library.words import TELLING

# No vowel, so that a code spells no word, and none of 0, 1, l, o and u, so that it can be read out over a telephone.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
CODE_LENGTH = 4


def opaque(*names: str, length: int = CODE_LENGTH) -> str:
    """Return the code of some names; one that happens to spell what a centre is called is passed over."""
    number = int.from_bytes(hashlib.sha256("/".join(names).encode()).digest())
    while True:
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[index])
        code = "".join(letters)
        if not TELLING.search(code):
            return code
