"""How long a text message is: GSM 03.38 where its alphabet is enough, UCS-2 where one letter is not in it."""

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("\f^{}\\[~]|€")  # in the extension of the alphabet: each counts as two
ONE_OF_GSM, EACH_OF_GSM = 160, 153
ONE_OF_UCS, EACH_OF_UCS = 70, 67


def segments(text: str) -> int:
    """Return as how many text messages a text travels, and is paid: one where it fits, else parts with a head."""
    if set(text) <= GSM_7 | TWICE:
        length, one, each = len(text) + sum(letter in TWICE for letter in text), ONE_OF_GSM, EACH_OF_GSM
    else:
        length, one, each = len(text.encode("utf-16-be")) // 2, ONE_OF_UCS, EACH_OF_UCS
    return 1 if length <= one else -(-length // each)
