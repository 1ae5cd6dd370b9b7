"""Forms of hand-overs. What is allowed is decided by their context; here it is only read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.platform.engagement import api as engagement
from regulars.platform.engagement.api import Wish
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import alerts
from regulars.platform.web.forms.goals import choose
from regulars.platform.web.handover_words import reasons, rhythms, tools
from regulars.platform.web.templatetags.regulars import reader

SHARES = (5, 10, 20, 30, 50)  # per cent
_TODAY = "today:"


class HandOverForm(forms.Form):
    """Whom, to what, when, and how it is to be proved."""

    whom = forms.ChoiceField(label=gettext_lazy("Whom"))
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=engagement.LONGEST_NAME,
        help_text=gettext_lazy("It goes along as the tag or list of these customers."),
    )  # fmt: skip
    tool = forms.ChoiceField(label=gettext_lazy("In the columns of"))
    way = forms.ChoiceField(
        label=gettext_lazy("How"), help_text=gettext_lazy("A webhook gets signed messages, with the same names as the file."),
    )  # fmt: skip
    every = forms.ChoiceField(label=gettext_lazy("When"))
    share = forms.ChoiceField(
        label=gettext_lazy("Held out"), initial="10",
        help_text=gettext_lazy("These customers are left alone, by chance. Only against them can be seen what it added."),
    )  # fmt: skip
    points = forms.DecimalField(
        label=gettext_lazy("A difference that matters"), initial=Decimal(5), min_value=Decimal("0.1"), max_value=Decimal(50),
        max_digits=4, decimal_places=1, localize=True,
        help_text=gettext_lazy("In points: of 100 customers so many more come back."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = [(slug, name) for _number, slug, name in insights.segments.choices()]
        work = [(_TODAY, _("The Today list"))]
        work += [
            (f"{_TODAY}{slug}", _("The Today list: %(reason)s") % {"reason": said})
            for slug, said in reasons()
        ]
        hooks = [
            (str(hook.number), _("to the webhook %(name)s") % {"name": hook.name})
            for hook in alerts.webhooks()
            if hook.on
        ]
        w = reader()
        choose(
            self, whom=[*segments, *work], tool=tools(), way=[("", _("as a file to download")), *hooks], every=rhythms(),
            share=[(str(share), w.percent(share)) for share in SHARES],
        )  # fmt: skip
        self.fields["way"].required = False

    def wish(self) -> Wish:
        """What was asked for."""
        values = self.cleaned_data
        today = values["whom"].startswith(_TODAY)
        return Wish(
            name=values["name"], tool=values["tool"], every=values["every"], segment="" if today else values["whom"],
            reason=values["whom"].removeprefix(_TODAY) if today else "", webhook=int(values["way"]) if values["way"] else None,
            share=Decimal(values["share"]) / 100, points=values["points"],
        )  # fmt: skip


class CostForm(forms.Form):
    """What the work cost."""

    cost = forms.DecimalField(
        label=gettext_lazy("What it cost in all"), required=False, min_value=Decimal(0), max_digits=16, decimal_places=2,
        localize=True, help_text=gettext_lazy("Discounts, sending, people's time. Empty: not known."),
    )  # fmt: skip
