"""The form of reports on a schedule."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.platform.core.api import User
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import reports
from regulars.platform.web.forms.goals import choose, people
from regulars.platform.web.templatetags.regulars import reader


def report_markets(user: User, own: str = "") -> list[str]:
    """What a report of this user's may be about: all markets (an empty code), or one that has enough customers.

    `own`: what it is about already. It stays among them, so that who changes the hour does not make it one about all.
    """
    info = insights.current()
    large = info.cohort_markets if info is not None else ()
    return [code for code in dict.fromkeys(("", *large, own)) if user.reach.allows(code or None)]


class ReportForm(forms.Form):
    """When a report is made, and for whom."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    market = forms.ChoiceField(
        label=gettext_lazy("About"), required=False,
        help_text=gettext_lazy("Of a market, it is about the customers whose home it is, with all of their orders."),
    )  # fmt: skip
    every = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[("week", gettext_lazy("every week")), ("month", gettext_lazy("every month"))],
    )
    weekday = forms.TypedChoiceField(label=gettext_lazy("Day of the week"), coerce=int)
    day = forms.IntegerField(
        label=gettext_lazy("Day of the month"), min_value=1, max_value=31, initial=1,
        help_text=gettext_lazy("In shorter months the last one."),
    )  # fmt: skip
    hour = forms.TypedChoiceField(label=gettext_lazy("Hour"), coerce=int, initial="7")
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), initial="UTC")
    users = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Readers"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each gets it in their own language. Who may not see all that it is about cannot be a reader."),
    )  # fmt: skip
    mail = forms.ChoiceField(
        label=gettext_lazy("By mail"),
        choices=[("link", gettext_lazy("as a link")), ("file", gettext_lazy("as an attached file")),
                 ("none", gettext_lazy("not at all, only on this page"))],
    )  # fmt: skip
    keep = forms.IntegerField(label=gettext_lazy("How many are kept"), min_value=1, max_value=200, initial=12)

    def __init__(self, *args: Any, user: User, own: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        markets = report_markets(user, own)
        names = reader().locale.days["stand-alone"]["wide"]
        choose(
            self, weekday=[(str(number), names[number]) for number in range(7)],
            hour=[(str(hour), f"{hour:02}:00") for hour in range(24)],
            zone=[(zone, zone) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"],
            users=[(str(one.pk), str(one)) for one in people() if any(one.reach.allows(m or None) for m in markets)],
            market=[(code, reader().country(code) if code else _("All markets")) for code in markets],
        )  # fmt: skip
        self.fields["users"].initial = [user.pk]

    def plan(self) -> reports.Plan:
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("name", "users")}
        return reports.Plan(**values, users=tuple(self.cleaned_data["users"]))
