"""Passwords that many people take, and that others try first (ASVS 6.2.4).

Two looks: at what a password is made of, with no list at all; and at a list of common passwords in the order of how
common they are, where the operator gives one (docs/sign-in.md). Of a list only short hashes are kept, in memory.
"""

import hashlib
import re
from collections.abc import Collection

HASH_BYTES = 8
SHORTEST_RUN, SHORTEST_OF_ALL_RUNS = 4, 3
SHORTEST_UNIT = 8
LEFT_BESIDE_WHAT_IS_COMMON = 4

# Rows and columns of the keyboards of Belgium and its neighbours, the alphabet and the digits, each also backwards.
ROWS = """
abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm azertyuiop qsdfghjklm wxcvbn qwertzuiop
yxcvbnm 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p qazwsxedcrfvtgbyhnujmikolp 1aqw2zsx3edc4rfv5tgb6yhn7ujn8ik9ol0pm
1q2w3e4r5t6y7u8i9o0p 1a2z3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 1q1q2w2w3e3e4r4r5t5t 112233445566778899
135792468 147258369
"""
WORDS = """
password passwort passwd pass kennwort wachtwoord paswoord motdepasse motpasse secret geheim geheime welcome
welkom willkommen bienvenue hello hallo bonjour salut goedendag gutentag admin administrator administrateur
root user guest test tester login letmein opensesame changeme default master computer internet windows office
server system google facebook samsung iphone nokia iloveyou loveyou ilove love lover forever jetaime amour
coeur ikhouvanjou houvanjou liefde schat schatje ichliebedich ichliebe liebe schatz princess princesse prinses
prinzessin angel ange engel sunshine soleil zonnetje sonnenschein football basketball baseball soccer voetbal
fussball anderlecht liverpool arsenal chelsea barcelona juventus superman batman spiderman starwars pokemon
naruto dragon monkey tiger shadow killer ninja mustang ferrari michael jennifer jessica christopher alexander
alexandre elizabeth elisabeth nathalie stephanie nicolas thomas daniel sophie marie julie charlotte anthony
patrick sebastien christian christine caroline january february march april june july august september october
november december janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre januari
februari maart mei juni juli augustus oktober januar februar maerz dezember winter spring summer autumn hiver
printemps ete automne lente zomer herfst fruehling sommer herbst monday lundi maandag montag friday vendredi
vrijdag freitag sunday dimanche zondag sonntag belgique belgium belgie belgien bruxelles brussel brussels
bruessel antwerpen anvers liege luik gent gand namur leuven hospital hopital ziekenhuis krankenhaus nurse
infirmiere infirmier verpleegster verpleger pfleger cpvs zsg portal
"""
AS_LETTERS = str.maketrans("@4310$57", "aaeiosst")
_ROWS = ROWS.split()
_LONGEST_FIRST = sorted(WORDS.split(), key=len, reverse=True)
_WORDS = re.compile("|".join(_LONGEST_FIRST))
_YEARS = re.compile(r"(19|20)\d\d|(.)\2{2,}")


def is_common(password: str, listed: Collection[bytes] = ()) -> bool:
    """Tell whether many take this password: it is made of what is common and little else, or stands in the list."""
    return is_patterned(password) or hashed(password) in listed


def is_patterned(password: str) -> bool:
    """Tell whether nearly nothing is left beside runs of keys, years, one part over and over, and common words."""
    folded = password.casefold()
    unit = folded[: (folded + folded).index(folded, 1)]
    if len(unit) < SHORTEST_UNIT and unit != folded:
        return True
    whole, undated = _bare(folded), _YEARS.sub("", folded)
    if whole and not _without_runs(whole, SHORTEST_OF_ALL_RUNS):
        return True
    enough = min(LEFT_BESIDE_WHAT_IS_COMMON, len(whole))
    return any(len(_without(text)) < enough for text in (undated, undated.translate(AS_LETTERS)))


def _without(text: str) -> str:
    """Return what is left of a text without common words, and then without runs."""
    return _without_runs(_WORDS.sub(" ", _bare(text)), SHORTEST_RUN).replace(" ", "")


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _without_runs(text: str, shortest: int) -> str:
    left, start = "", 0
    while start < len(text):
        end = start + shortest
        while end <= len(text) and _is_run(text[start:end]):
            end += 1
        run = end - 1 - start
        left += "" if run >= shortest else text[start]
        start += run if run >= shortest else 1
    return left


def _is_run(text: str) -> bool:
    return any(text in row or text[::-1] in row for row in _ROWS)


def hashed(password: str) -> bytes:
    """Return how a password stands in a list: in either case of its letters."""
    return hashlib.sha256(password.casefold().encode()).digest()[:HASH_BYTES]
