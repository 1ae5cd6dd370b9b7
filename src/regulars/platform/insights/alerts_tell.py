"""Mail about alerts: one to a person with all that was found, at most one an hour; what comes between is collected."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.core.api import Running, User, send_mail, start_job
from regulars.platform.insights import alerts_wording, queries
from regulars.platform.insights.models import AlertNotice
from regulars.platform.insights.rules.alerts import tell_after

KIND = "alerts.tell"
# All rules of one snapshot are looked at within this time, so that they come in one mail.
GATHER = timedelta(seconds=60)


def ask(user: User) -> None:
    """Have a person told soon, in the caller's transaction; asked for many times, it is one mail."""
    start_job(kind=KIND, key=f"tell {user.pk}", after=GATHER, user=user.pk)


def tell(job: Running) -> None:
    """Mail a person all that was found and not mailed yet, or wait until the hour is over."""
    now = timezone.now()
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=job.arguments["user"], is_active=True).first()
        if user is None:
            return
        last = AlertNotice.objects.filter(user=user).aggregate(last=Max("mailed_at"))["last"]
        rows = AlertNotice.objects.filter(user=user, by_mail=True, mailed_at=None)
        notices = list(rows.select_related("finding__rule__segment").order_by("pk")[:200])
        notices = [one for one in notices if user.reach.allows(one.finding.rule.market or None)]
        if not notices:
            return
        if wait := tell_after(last, now):
            start_job(kind=KIND, key=f"tell {user.pk}", after=wait, user=user.pk)
            return
        subject, text = _mail(user, notices)
        send_mail(cause=f"alerts:{user.pk}:{notices[-1].pk}", to=user.email, subject=subject, text=text)
        AlertNotice.objects.filter(pk__in=[one.pk for one in notices]).update(mailed_at=now)


def _mail(user: User, notices: list[AlertNotice]) -> tuple[str, str]:
    shown = queries.current()
    currency = shown.currency if shown else ""
    with translation.override(user.language):
        parts = [_part(one, currency) for one in notices]
        if len(notices) == 1:
            subject = notices[0].finding.rule.name
        else:
            subject = ngettext("%(n)s alert", "%(n)s alerts", len(notices)) % {"n": len(notices)}
        closing = _("You get this because you are named in these alerts. There you can mute or stop them:")
        text = "\n\n".join([*parts, f"{closing}\n{settings.PUBLIC_URL}/alerts"])
    return subject, text + "\n"


def _part(notice: AlertNotice, currency: str) -> str:
    rule = notice.finding.rule
    sentence = alerts_wording.found(rule, notice.finding.facts, currency)
    return f"{rule.name}\n{sentence}\n{alerts_wording.action(rule)}\n{settings.PUBLIC_URL}/alerts/{rule.pk}"
