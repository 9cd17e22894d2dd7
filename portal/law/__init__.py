"""The law of 26 April 2024 as pure functions: no clock, no database, no web. Each function cites its article."""

from portal.law.cases import Case, Complaint
from portal.law.consents import CONSENT_ARTICLES, IN_WRITING, Consent, consents_for
from portal.law.expected import Place, Waiting, in_order, place_of
from portal.law.guidance.answers import Age, Answers, ComplaintSoFar, Voice, What, When, Who
from portal.law.guidance.plans import (
    ACTION_SOURCES,
    BEFORE_TIME,
    BY_TIME,
    RULES,
    Action,
    Number,
    Plan,
    numbers_for,
    plan_for,
)
from portal.law.guidance.steps import Actor, Part, Rule, Step, Urgency
from portal.law.holidays import is_working_day, legal_holidays
from portal.law.items import RETURNABLE, Item, ItemKind, item_keeping
from portal.law.keeping import Keeping, keeping
from portal.law.looking import Look, is_followed_up, is_undecided, look_at, may_be_proposed, next_follow_up
from portal.law.openings import Opening, RequestKind, Way, hides_its_cause, open_requests, own_keeping
from portal.law.phases import Phase, phase_at_admission
from portal.law.told import (
    ABOUT_EVIDENCE,
    BESIDE,
    HERS,
    TALK,
    as_told,
    is_listed,
    tells_the_same,
    told_openings,
    told_state,
)

__all__ = [
    "ABOUT_EVIDENCE",
    "ACTION_SOURCES",
    "BEFORE_TIME",
    "BESIDE",
    "BY_TIME",
    "CONSENT_ARTICLES",
    "HERS",
    "IN_WRITING",
    "RETURNABLE",
    "RULES",
    "TALK",
    "Action",
    "Actor",
    "Age",
    "Answers",
    "Case",
    "Complaint",
    "ComplaintSoFar",
    "Consent",
    "Item",
    "ItemKind",
    "Keeping",
    "Look",
    "Number",
    "Opening",
    "Part",
    "Phase",
    "Place",
    "Plan",
    "RequestKind",
    "Rule",
    "Step",
    "Urgency",
    "Voice",
    "Waiting",
    "Way",
    "What",
    "When",
    "Who",
    "as_told",
    "consents_for",
    "hides_its_cause",
    "in_order",
    "is_followed_up",
    "is_listed",
    "is_undecided",
    "is_working_day",
    "item_keeping",
    "keeping",
    "legal_holidays",
    "look_at",
    "may_be_proposed",
    "next_follow_up",
    "numbers_for",
    "open_requests",
    "own_keeping",
    "phase_at_admission",
    "place_of",
    "plan_for",
    "tells_the_same",
    "told_openings",
    "told_state",
]
