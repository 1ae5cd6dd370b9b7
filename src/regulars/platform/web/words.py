"""Names of roles and rights, and why something was refused, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.platform.core.api import Reason

ROLE_NAMES: dict[str, Promise] = {
    "administrator": _("Administrator"),
    "manager": _("Manager"),
    "marketing": _("Marketing"),
    "service": _("Service"),
    "analyst": _("Analyst"),
    "reader": _("Read-only"),
}

ROLE_TEXTS: dict[str, Promise] = {
    "administrator": _("Everything, users included."),
    "manager": _(
        "Everything but users: imports data, changes settings, exports and erases persons, reads the audit log."
    ),
    "marketing": _(
        "Figures, customers and their contacts, segments, goals, alerts and reports; downloads lists."
    ),
    "service": _("Figures, customers and their contacts, the work list; exports what is known of a person."),
    "analyst": _(
        "Figures, customers without names and contacts, segments, goals and alerts; downloads lists without contacts."
    ),
    "reader": _("Figures and charts only."),
}

REASONS: dict[Reason, Promise] = {
    "more_than_you_have": _("Nobody can give or take more than they have themselves."),
    "last_administrator": _("This is the last administrator of all markets. Make somebody else one first."),
    "already_here": _("Somebody is registered with this address already."),
    "not_valid": _("This is not valid any more. Nothing was changed."),
    "yourself": _("You cannot deactivate yourself. Another administrator can."),
}

# What the audit log calls things; a test finds every action that is recorded anywhere.
ACTIONS: dict[str, Promise] = {
    "alert.changed": _("Changed an alert"),
    "alert.made": _("Made an alert"),
    "alert.muted": _("Muted an alert"),
    "alert.resumed": _("Resumed an alert"),
    "alert.stopped": _("Stopped an alert"),
    "alert.unmuted": _("Let a muted alert speak again"),
    "audit.exported": _("Downloaded the audit log"),
    "customer.consent": _("Wrote down what a customer says about marketing"),
    "customer.note.added": _("Added a note on a customer"),
    "customer.note.changed": _("Changed a note on a customer"),
    "customer.note.deleted": _("Deleted a note on a customer"),
    "customer.profiling": _("Changed whether a customer is profiled"),
    "customer.seen": _("Looked at a customer"),
    "customers.downloaded": _("Downloaded a list of customers"),
    "definitions.changed": _("Changed how figures are defined"),
    "feed.deleted": _("Deleted a feed"),
    "feed.run": _("Ran a feed at once"),
    "feed.saved": _("Saved a feed"),
    "goal.dropped": _("Dropped a goal"),
    "goal.missed": _("A goal was missed"),
    "goal.reached": _("A goal was reached"),
    "goal.set": _("Set a goal"),
    "goal.taken_up": _("Took a dropped goal up again"),
    "handover.begun": _("Began a hand-over"),
    "handover.cost": _("Noted what a hand-over cost"),
    "handover.downloaded": _("Downloaded a hand-over with contacts"),
    "handover.drawn": _("Recorded the list of a hand-over"),
    "handover.resumed": _("Resumed a hand-over"),
    "handover.sent": _("Sent a hand-over to a webhook"),
    "handover.sent_again": _("Sent parts of a hand-over again"),
    "handover.stopped": _("Stopped a hand-over"),
    "import.agreed": _("Agreed on an import"),
    "import.begun": _("Began an import"),
    "import.cancelled": _("Cancelled an import"),
    "import.done": _("Imported"),
    "job.cancelled": _("Cancelled work in progress"),
    "mapping.deleted": _("Deleted a mapping"),
    "mapping.saved": _("Saved a mapping"),
    "password.changed": _("Changed the password"),
    "password.link_sent": _("Was sent a link for a new password"),
    "person.erased": _("Erased a person"),
    "person.exported": _("Exported what is known of a person"),
    "persona.named": _("Named a persona, or noted what is known of it"),
    "rejects.downloaded": _("Downloaded rows that were left out"),
    "report.asked": _("Asked for a report at once"),
    "report.changed": _("Changed a scheduled report"),
    "report.resumed": _("Resumed a scheduled report"),
    "report.scheduled": _("Scheduled a report"),
    "report.stopped": _("Stopped a scheduled report"),
    "second_factor.new_codes": _("Made new recovery codes"),
    "second_factor.off": _("Switched a second factor off"),
    "second_factor.on": _("Switched the second factor on"),
    "second_factor.recovery_code_used": _("Used a recovery code"),
    "segment.archived": _("Archived a segment"),
    "segment.changed": _("Changed a segment"),
    "segment.made": _("Made a segment"),
    "segment.restored": _("Restored a segment"),
    "session.ended": _("Ended sessions"),
    "settings.changed": _("Changed a setting"),
    "sign_in": _("Signed in"),
    "sign_in.failed": _("A sign-in failed"),
    "sign_in.locked": _("A sign-in was refused after too many failures"),
    "sign_out": _("Signed out"),
    "user.activated": _("Let a user sign in again"),
    "user.changed": _("Changed a user's role or markets"),
    "user.deactivated": _("Deactivated a user"),
    "user.first": _("Became the first administrator"),
    "user.invitation_withdrawn": _("Withdrew an invitation"),
    "user.invited": _("Invited somebody"),
    "user.joined": _("Joined by an invitation"),
    "user.password_link": _("Gave a user a link for a new password"),
    "webhook.added": _("Added a webhook"),
    "webhook.gone": _("A webhook's receiver asked for no more"),
    "webhook.off": _("Switched a webhook off"),
    "webhook.on": _("Switched a webhook on"),
    "webhook.removed": _("Removed a webhook"),
    "webhook.replayed": _("Sent a webhook's message again"),
    "webhook.secret": _("Gave a webhook a new secret"),
    "webhook.tried": _("Tried a webhook"),
    "worklist.assigned": _("Assigned a customer on the work list"),
    "worklist.done": _("Marked a customer on the work list as done"),
    "worklist.noted": _("Noted something on the work list"),
    "worklist.put_off": _("Put a customer on the work list off"),
    "worklist.reopened": _("Put a customer back on the work list"),
}
