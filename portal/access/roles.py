"""Roles of a team, and what each may do. One table: every page of the console asks it, and nothing else decides."""

from enum import StrEnum


class Duty(StrEnum):
    """A kind of work in the console."""

    OWN = "own"  # one's own account: signing out, second factors
    CARE = "care"  # cases, links, requests, messages, the day
    LEAD = "lead"  # people of the team, what the centre decides for all its cases, custody, erasure
    AUDIT = "audit"  # the journal
    FIGURES = "figures"  # counted, never a case (art. 54 § 4)


class Role(StrEnum):
    """What somebody is in a centre's team."""

    NURSE = "nurse"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    OPERATOR = "operator"

    def may(self, duty: Duty) -> bool:
        """Tell whether somebody of this role does this kind of work."""
        return duty in DUTIES[self]


DUTIES: dict[Role, frozenset[Duty]] = {
    Role.NURSE: frozenset({Duty.OWN, Duty.CARE}),
    Role.COORDINATOR: frozenset({Duty.OWN, Duty.CARE, Duty.LEAD, Duty.FIGURES}),
    Role.AUDITOR: frozenset({Duty.OWN, Duty.AUDIT, Duty.FIGURES}),  # sees that cases were opened, never a case
    Role.OPERATOR: frozenset({Duty.OWN}),  # runs the machine, from its command line; here nothing but the own account
}
