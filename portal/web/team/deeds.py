"""Every action of the journal that has words, in the order in which the auditor chooses among them."""

from flask_babel import gettext as _

from portal.records.auditing import OPENINGS

ACTIONS = (
    "case-viewed-request",
    "case-viewed-date",
    "case-viewed-call",
    "case-viewed-message",
    "case-viewed-review",
    "case-viewed",
    "case-registered",
    "case-corrected",
    "case-in-file",
    "case-moved",
    "case-reviewed",
    "fact-noted",
    "consent-noted",
    "support-noted",
    "choices-changed",
    "contact-confirmed",
    "contact-withdrawn",
    "follow-up-planned",
    "item-added",
    "hold-set",
    "hold-lifted",
    "link-made",
    "link-revoked",
    "case-opened",
    "request-asked",
    "request-take-up",
    "request-end-waiting",
    "request-confirm",
    "request-sign",
    "request-carry-out",
    "request-decline",
    "request-cancel",
    "request-reopen",
    "message-queued",
    "message-seen",
    "message-wiped",
    "line-taken",
    "line-ended",
    "shift-begun",
    "signed-in",
    "factor-shown",
    "member-invited",
    "member-joined",
    "member-added",
    "member-reset",
    "member-disabled",
    "role-changed",
    "password-changed",
    "authenticator-changed",
    "recovery-codes-made",
    "recovery-code-used",
    "passkey-added",
    "passkey-named",
    "passkey-removed",
    "waiting-changed",
    "figures-published",
    "journal-viewed",
    "journal-anchored",
    "journal-broken",
)


def said(action: str) -> str:
    """Return an action in words. A reason for opening that has none yet reads as an opening, with its own name."""
    if action in ACTIONS:
        return str(_("journal.did_" + action))
    if action.startswith(OPENINGS):
        return f"{_('journal.did_' + OPENINGS)} ({action.removeprefix(OPENINGS + '-')})"
    return action
