"""The law of 26 April 2024 as pure functions: no clock, no database, no web. Each function cites its article."""

from portal.law.cases import Case, Complaint
from portal.law.guidance.answers import Age, Answers, ComplaintSoFar, Voice, What, When, Who
from portal.law.guidance.plans import Action, Number, Plan, first_action, plan_for
from portal.law.guidance.steps import Actor, Part, Rule, Step, Urgency
from portal.law.holidays import is_working_day, legal_holidays
from portal.law.keeping import Keeping, keeping
from portal.law.openings import Opening, RequestKind, Way, hides_its_cause, open_requests, own_keeping
from portal.law.phases import Phase, phase_at_admission

__all__ = [
    "Action",
    "Case",
    "Complaint",
    "Keeping",
    "Opening",
    "Phase",
    "Plan",
    "RequestKind",
    "Step",
    "Way",
    "When",
    "Who",
    "hides_its_cause",
    "is_working_day",
    "keeping",
    "legal_holidays",
    "open_requests",
    "own_keeping",
    "phase_at_admission",
    "plan_for",
]
