"""The team's forms. What is typed is kept for the next try; every error says, in one sentence, what is still needed."""

from portal.web.team.forms.case import (
    AboutCase,
    AskForm,
    CaseForm,
    ChoicesForm,
    ConfirmContactForm,
    ContactForm,
    OpenForm,
    ThingForm,
)
from portal.web.team.forms.consents import AdmissionForm, ConsentForm, SupportForm
from portal.web.team.forms.correct import CorrectForm, CorrectThingForm
from portal.web.team.forms.ending import EndForm, ReviewForm
from portal.web.team.forms.fields import fields_of
from portal.web.team.forms.known import BackForm, HoldForm, KnownForm, MovedForm
from portal.web.team.forms.steps import StepForm, step_form

__all__ = [
    "AboutCase",
    "AdmissionForm",
    "AskForm",
    "BackForm",
    "CaseForm",
    "ChoicesForm",
    "ConfirmContactForm",
    "ConsentForm",
    "ContactForm",
    "CorrectForm",
    "CorrectThingForm",
    "EndForm",
    "HoldForm",
    "KnownForm",
    "MovedForm",
    "OpenForm",
    "ReviewForm",
    "StepForm",
    "SupportForm",
    "ThingForm",
    "fields_of",
    "step_form",
]
