"""The code of a case on paper: in the patient file and in the register, where nobody's name and no reference stands."""

import hashlib

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when it is read aloud or copied by hand
FORM = b"portal register, the code of a case, form 1\n"
GROUP = 4


def case_code(case_id: str) -> str:
    """Return the code of a case: eight letters, for as long as it exists.

    From its random id and no key: what stands on paper must outlive every change of keys. Two cases of fifty thousand
    share a code once in a thousand installations; whoever finds two lines keeps by the later day.
    """
    number = int.from_bytes(hashlib.sha256(FORM + case_id.encode()).digest()[:5])
    letters = "".join(LETTERS[number >> 5 * place & 31] for place in range(2 * GROUP))
    return f"{letters[:GROUP]}-{letters[GROUP:]}"
