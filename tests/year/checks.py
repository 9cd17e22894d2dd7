"""What must hold on each day of the year. Each check looks at what stands there and returns its faults, in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from portal.clock import brussels_day
from portal.law import ItemKind, RequestKind
from tests.year.book import House, Life
from tests.year.rows import Act, Standing

THIRTY, SEVEN = timedelta(days=30), timedelta(days=7)
A_MONTH = timedelta(days=30)  # after which a case is erased in this year; the data map has its own period
SPANS = (("later", THIRTY), ("soon", SEVEN))
NOT_ARRIVED = ("failed", "unsure")
REQUEST_PARTS = {"requests", "approvals"}


def owned(lines: Iterable[Standing], carers: Collection[str]) -> list[str]:
    """No alert without an owner: somebody who works on cases, there, now, and never who confirmed and cannot sign."""
    return [
        f"{one.part} {one.thing_id}: owned by {one.owner}"
        for one in lines
        if one.owner not in carers or (one.part == "approvals" and one.owner == one.confirmed_by)
    ]


def at_home(lines: Iterable[Standing], house: House) -> list[str]:
    """No line of another centre, and none of a case whose everything is gone."""
    found = []
    for one in lines:
        life = house.lives.get(one.case_id)
        if life is None:
            found.append(f"{one.part} {one.thing_id}: of another centre")
        elif life.erased_on is not None:
            found.append(f"{one.part} {one.thing_id}: of a case that was erased")
        elif life.is_all_gone and not (life.held or life.again_on) and one.part in ("looks", "soon", "later"):
            found.append(f"{one.part} {one.thing_id}: nothing is left to look at")
    return found


def requests_stand(lives: Iterable[Life], lines: Iterable[Standing]) -> list[str]:
    """No request is lost: each that was asked and has not ended is a line."""
    there = {one.thing_id for one in lines if one.part in REQUEST_PARTS}
    return [
        f"{asked.kind} {request_id}: asked on {asked.at:%d.%m.} and no line"
        for life in lives
        for request_id, asked in life.open.items()
        if request_id not in there
    ]


def dates_due(life: Life) -> list[tuple[str, date]]:
    """What of a case ends, and on which last day to ask; a minor's samples for toxicology before the rest."""
    due = [(life.case_id, life.told_until)]
    if life.person.minor:
        due += [
            (name, life.thing_told_until(one))
            for name, one in life.things.items()
            if one.kind is ItemKind.TOXICOLOGY and not one.is_gone
        ]
    return due


def dates_stand(lives: Iterable[Life], lines: Iterable[Standing], today: date) -> list[str]:
    """Nobody's last day comes unseen: from thirty days before, and anew from seven, it is a line until it is ended.

    While something that she asked waits, it is the request that stands there.
    """
    there = {(one.part, one.thing_id) for one in lines}
    found = []
    for life in lives:
        if not life.is_undecided or life.open:
            continue
        for thing_id, last in dates_due(life):
            if not today <= last <= today + THIRTY:
                continue
            part, kind = ("soon", "date-7") if last <= today + SEVEN else ("later", "date-30")
            if (part, thing_id) not in there and (kind, thing_id, last) not in life.ended_lines:
                found.append(f"{life.person.reference}: its last day is {last}, and it is no line of {part}")
    return found


def passed_seen(lives: Iterable[Life], today: date) -> tuple[list[str], list[str]]:
    """Return who passed the last day yesterday undecided and was seen at thirty and at seven days, and who was not."""
    seen: list[str] = []
    unseen: list[str] = []
    for life in lives:
        for thing_id, last in dates_due(life):
            if last + timedelta(days=1) != today or not life.is_undecided:
                continue
            wanted = {(part, thing_id) for part, span in SPANS if life.known_on < last - span}
            (seen if wanted <= life.seen else unseen).append(f"{life.person.reference}: {last} passed unseen")
    return seen, unseen


def ends_stand(lives: Iterable[Life], lines: Iterable[Standing], today: date, grace: int | None) -> list[str]:
    """Nothing lies there unseen after its last day of keeping and the grace (art. 29 § 5: the law orders an end).

    It is a line, or something of it is asked, or somebody noted another day to look at it.
    """
    there = {one.case_id for one in lines if one.part == "looks" or one.part in REQUEST_PARTS}
    spare = timedelta(days=grace or 0)
    return [
        f"{life.person.reference}: past since {last}, and no line"
        for life in lives
        if life.case_id not in there and not (life.again_on and life.again_on > today)
        for last in [first_end(life)]
        if last is not None and last + spare < today
    ]


def first_end(life: Life) -> date | None:
    """The last day of keeping of whatever ends first and is still there."""
    if life.is_over or life.erased_on is not None:
        return None
    if not life.things:
        return life.kept_until([])
    return min((life.kept_until([thing]) for thing in life.here.values()), default=None)


def acts_lawful(acts: Iterable[Act], house: House) -> list[str]:
    """Nothing is destroyed but by two people, step by step, and never before its end unless she asked."""
    return [
        f"{act.kind} {act.request_id}: {fault}"
        for act in acts
        if (life := house.lives.get(act.case_id))
        for fault in _unlawful(act, life, house)
    ]


def _unlawful(act: Act, life: Life, house: House) -> list[str]:
    steps = [action.removeprefix("request-") for action, _, _ in act.trail]
    wanted = ["asked", "confirm", *(["sign"] if act.destroys else []), "carry-out"]
    if [one for one in steps if one in wanted][-len(wanted) :] != wanted:
        return ["steps are missing"]
    faults = {
        "while it was held, seized or waited for an answer": life.held or life.waits_for_an_answer or life.seized,
        "before its waiting time was over": _did_not_wait(act, house),
    }
    found = _wrong_people(act, house) + [fault for fault, stands in faults.items() if stands]
    return found + (_too_early(act, life, house) if act.kind is RequestKind.END_OF_PERIOD else [])


def _wrong_people(act: Act, house: House) -> list[str]:
    by = act.by
    second = by["sign" if act.destroys else "carry-out"][0]
    alone = by["confirm"][0] == second
    who = {by[name][0] for name in ("confirm", "sign", "carry-out") if name in by}
    faults = {
        "by somebody who does not work there": not who <= set(house.carers),
        "by one person": act.destroys and alone,
        "handed over by who alone saw her": not act.destroys and act.means == "in-person" and alone,
    }
    return [fault for fault, stands in faults.items() if stands]


def _did_not_wait(act: Act, house: House) -> bool:
    """Tell whether a destruction that she did not ask for in person was confirmed before she could think again."""
    asked_by_link = act.kind is RequestKind.DESTRUCTION and act.asked_by is None and "end-waiting" not in act.by
    return asked_by_link and act.by["confirm"][1] < act.asked_at + timedelta(days=house.waiting_days)


def _too_early(act: Act, life: Life, house: House) -> list[str]:
    """Tell whether a period, and the grace that the hospital wrote down, was not over (rules.md § 17, 1)."""
    last = life.kept_until(list(life.gone_by.get(act.request_id, ())))
    if house.grace_days is None:
        return ["without a grace that the hospital wrote down"]
    too_early = brussels_day(act.done_at) <= last + timedelta(days=house.grace_days)
    return [f"kept until {last}, and destroyed before"] if too_early else []


def gone_by_acts(gone: Iterable[tuple[str, str, datetime]], acts: Sequence[Act]) -> list[str]:
    """No thing is gone but by an act of its own case, in the same moment."""
    moments = {(act.case_id, act.done_at) for act in acts}
    return [f"thing {thing_id}: gone without an act" for thing_id, case_id, at in gone if (case_id, at) not in moments]


def book_agrees(lives: Mapping[str, Life], gone: Iterable[tuple[str, str, datetime]]) -> list[str]:
    """What is gone is what was asked for."""
    return [
        f"thing {thing_id}: gone, and nobody asked for it"
        for thing_id, case_id, _ in gone
        if case_id in lives and not lives[case_id].things[thing_id].is_gone
    ]


def erased_lawfully(erased: Iterable[Life], today: date) -> list[str]:
    """Nothing is erased while anything is kept, held or asked, nor before it was confirmed in the file, long enough."""
    return [f"{life.person.reference}: erased {fault}" for life in erased for fault in _stood_against(life, today)]


def _stood_against(life: Life, today: date) -> list[str]:
    faults = {
        "while things are kept": bool(life.here) or not (life.things or life.is_over),
        "while it is held": life.held,
        "while something is asked": bool(life.open),
        "before it was confirmed in the file": life.in_file_on is None,
        "before its period was over": life.in_file_on is not None and today < life.in_file_on + A_MONTH,
        "before the day on which somebody looks again": life.again_on is not None,
    }
    return [fault for fault, stands in faults.items() if stands]
