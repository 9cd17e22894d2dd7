"""The team's forms. What is typed is kept for the next try; every error says, in one sentence, what is still needed."""

from portal.web.team.forms.case import (
    AboutCase,
    AskForm,
    CaseForm,
    ChoicesForm,
    ContactForm,
    KnownForm,
    LinkForm,
    OpenForm,
    ThingForm,
)
from portal.web.team.forms.fields import fields_of
from portal.web.team.forms.steps import StepForm, step_form

__all__ = [
    "AboutCase",
    "AskForm",
    "CaseForm",
    "ChoicesForm",
    "ContactForm",
    "KnownForm",
    "LinkForm",
    "OpenForm",
    "StepForm",
    "ThingForm",
    "fields_of",
    "step_form",
]
