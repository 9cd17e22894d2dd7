"""Opaque codes for addresses: stable, and telling nothing by themselves."""

import hashlib

# Neither vowels nor look-alikes: a code can never spell a word, and can be read out over a telephone.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
CODE_LENGTH = 4


def opaque(*names: str, length: int = CODE_LENGTH) -> str:
    """Return the code of some names."""
    number = int.from_bytes(hashlib.sha256("/".join(names).encode()).digest())
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)
