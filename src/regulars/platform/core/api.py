"""The door of core: what other contexts use."""

from __future__ import annotations

from regulars.platform.core.audit import record
from regulars.platform.core.audit_reading import Sought
from regulars.platform.core.audit_reading import all_entries as all_audit_entries
from regulars.platform.core.audit_reading import entries as audit_entries
from regulars.platform.core.events import publish, subscribe
from regulars.platform.core.faults import DATABASE_AWAY, DISK_FULL, NO_ROOM_HEADER, gives_up, machine_fault
from regulars.platform.core.heartbeat import LATE_AFTER as WORKER_IS_LATE_AFTER
from regulars.platform.core.heartbeat import jobs_by_state, worker_age
from regulars.platform.core.jobs import (
    Cancelled,
    Running,
    Stopped,
    TryLater,
    cancel,
)
from regulars.platform.core.jobs import (
    register as register_job,
)
from regulars.platform.core.jobs import (
    start as start_job,
)
from regulars.platform.core.mail import is_sent as mail_is_sent
from regulars.platform.core.mail import send as send_mail
from regulars.platform.core.models import Invitation, Job, User
from regulars.platform.core.profiles import change_profile
from regulars.platform.core.rules.grants import may_grant
from regulars.platform.core.rules.roles import GRANTS, ROLES, Reach, Right
from regulars.platform.core.schedules import SOURCES as SCHEDULE_SOURCES
from regulars.platform.core.schedules import Recurring, every, recurring
from regulars.platform.core.second_factor import begin as begin_second_factor
from regulars.platform.core.second_factor import check as check_code
from regulars.platform.core.second_factor import codes_left, enrolment, fresh_codes
from regulars.platform.core.second_factor import confirm as confirm_second_factor
from regulars.platform.core.second_factor import switch_off as switch_second_factor_off
from regulars.platform.core.second_factor import wait as code_wait
from regulars.platform.core.settings_store import change as change_settings
from regulars.platform.core.settings_store import get as get_setting
from regulars.platform.core.settings_store import put as put_setting
from regulars.platform.core.setup import make_first_user
from regulars.platform.core.setup import needed as setup_needed
from regulars.platform.core.setup import right_token as right_setup_token
from regulars.platform.core.setup import token as setup_token
from regulars.platform.core.sign_ins import (
    SignedIn,
    change_password,
    end_sessions,
    reset_parts,
    sessions,
    too_many_failures,
)
from regulars.platform.core.users import (
    Reason,
    Refused,
    accept,
    change_user,
    invitation_of,
    invite,
    open_invitations,
    people,
    remove_second_factor,
    set_active,
    user_for_help,
    withdraw,
)

__all__ = [
    "DATABASE_AWAY",
    "DISK_FULL",
    "GRANTS",
    "NO_ROOM_HEADER",
    "ROLES",
    "SCHEDULE_SOURCES",
    "WORKER_IS_LATE_AFTER",
    "Cancelled",
    "Invitation",
    "Job",
    "Reach",
    "Reason",
    "Recurring",
    "Refused",
    "Right",
    "Running",
    "SignedIn",
    "Sought",
    "Stopped",
    "TryLater",
    "User",
    "accept",
    "all_audit_entries",
    "audit_entries",
    "begin_second_factor",
    "cancel",
    "change_password",
    "change_profile",
    "change_settings",
    "change_user",
    "check_code",
    "code_wait",
    "codes_left",
    "confirm_second_factor",
    "end_sessions",
    "enrolment",
    "every",
    "fresh_codes",
    "get_setting",
    "gives_up",
    "invitation_of",
    "invite",
    "jobs_by_state",
    "machine_fault",
    "mail_is_sent",
    "make_first_user",
    "may_grant",
    "open_invitations",
    "people",
    "publish",
    "put_setting",
    "record",
    "recurring",
    "register_job",
    "remove_second_factor",
    "reset_parts",
    "right_setup_token",
    "send_mail",
    "sessions",
    "set_active",
    "setup_needed",
    "setup_token",
    "start_job",
    "subscribe",
    "switch_second_factor_off",
    "too_many_failures",
    "user_for_help",
    "withdraw",
    "worker_age",
]
