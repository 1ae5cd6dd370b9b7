"""Forms of goals, alerts and webhooks. What is allowed is decided by their context; here it is only read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.platform.core.api import User
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import alerts, goals
from regulars.platform.web.templatetags.regulars import reader


def figure_choices() -> list[tuple[str, str]]:
    return sorted(
        ((slug, goals.figure_name(slug)) for slug in goals.watchable()), key=lambda one: one[1].lower()
    )


def market_choices(user: User) -> list[tuple[str, str]]:
    """The markets that a user may choose; all of them together only without limits."""
    info = insights.current()
    codes = info.codes(user.reach) if info else tuple(sorted(user.markets))
    whole = [("", _("All markets"))] if user.reach.markets is None else []
    return whole + [(code, reader().country(code)) for code in codes]


def segment_choices(*, none: bool) -> list[tuple[str, str]]:
    found = [(str(number), name) for number, _slug, name in insights.segments.choices()]
    return ([("", _("Everyone"))] if none else []) + found


def people(market: str | None = None) -> list[User]:
    """Active users who may see a market; None: whoever there is."""
    users = User.objects.filter(is_active=True).order_by("name", "pk")
    return [user for user in users if market is None or user.reach.allows(market or None)]


def grain_choices(*, year: bool = True) -> list[tuple[str, str]]:
    return [(grain, goals.grain_word(grain)) for grain in goals.GRAINS if year or grain != "year"]


class GoalForm(forms.Form):
    """A goal: which way it is meant (per cent or points) is always asked."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"))
    market = forms.ChoiceField(label=gettext_lazy("Market"), required=False)
    segment = forms.ChoiceField(
        label=gettext_lazy("Customers"), required=False,
        help_text=gettext_lazy("A segment: the figure of those who are in it today."),
    )  # fmt: skip
    grain = forms.ChoiceField(label=gettext_lazy("Measured"), initial="quarter")
    direction = forms.ChoiceField(
        label=gettext_lazy("Which way"), choices=[("raise", gettext_lazy("raise it")), ("lower", gettext_lazy("lower it"))]
    )  # fmt: skip
    change = forms.DecimalField(
        label=gettext_lazy("By how much"), min_value=Decimal("0.01"), max_value=Decimal(10**9), max_digits=16, localize=True,
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Of what"), widget=forms.RadioSelect,
        choices=[("relative", gettext_lazy("per cent of what it is now (71 % becomes 78.1 % with 10)")),
                 ("points", gettext_lazy("points, or units of the figure (71 % becomes 81 % with 10)"))],
    )  # fmt: skip
    due = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 1, 1))],
    )
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Who looks after it"), required=False, coerce=int, empty_value=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it matters"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed where the worth cannot be computed from the figure."),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=160, help_text=gettext_lazy("Empty: figure, market and target.")
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = [(str(one.pk), str(one)) for one in people()]
        choose(self, figure=figure_choices(), market=market_choices(user), segment=segment_choices(none=True),
                grain=grain_choices(), owner=[("", _("Nobody yet")), *owners])  # fmt: skip

    def wish(self) -> goals.Wish:
        values = self.cleaned_data
        return goals.Wish(
            values["figure"], values["market"], int(values["segment"]) if values["segment"] else None, values["grain"],
            values["direction"], values["kind"], values["change"], values["due"], values["owner"], values["reason"],
        )  # fmt: skip


class AlertForm(forms.Form):
    """What to watch; which fields there are depends on the kind."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"))
    grain = forms.ChoiceField(label=gettext_lazy("Measured"), initial="month")
    segment = forms.ChoiceField(label=gettext_lazy("Segment"))
    market = forms.ChoiceField(label=gettext_lazy("Market"), required=False)
    side = forms.ChoiceField(
        label=gettext_lazy("When it is"),
        choices=[("below", gettext_lazy("below")), ("above", gettext_lazy("above"))],
    )
    limit = forms.DecimalField(label=gettext_lazy("The limit"), max_digits=16, localize=True)
    users = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who is told"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    by_mail = forms.BooleanField(
        label=gettext_lazy("By mail too, in their language"), required=False, initial=True
    )
    webhooks = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Webhooks"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Empty: what is watched."),
    )

    FIELDS: dict[str, tuple[str, ...]] = {  # noqa: RUF012 - a table, never changed
        "limit": ("segment", "figure", "grain", "side", "limit"),
        "unusual": ("segment", "figure", "grain"),
        "size": ("segment", "side", "limit"),
        "entered": ("segment", "limit"),
    }

    def __init__(self, *args: Any, user: User, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        of_figure = kind in ("limit", "unusual")
        for name in {"segment", "figure", "grain", "side", "limit"} - set(self.FIELDS[kind]):
            del self.fields[name]
        if of_figure:
            self.fields["segment"].required = False
            self.fields["segment"].label = _("Customers")
            self.order_fields(["figure", "grain", "market", "segment"])
            choose(self, figure=figure_choices(), grain=grain_choices(year=kind == "limit"))
        if kind == "entered":
            self.fields["limit"].label = _("So many customers or more in a day")
        if kind == "size":
            self.fields["limit"].label = _("So many customers")
        hooks = [(str(hook.number), hook.name) for hook in alerts.webhooks() if hook.on]
        if not hooks:
            del self.fields["webhooks"]
        else:
            choose(self, webhooks=hooks)
        choose(self, market=market_choices(user), segment=segment_choices(none=of_figure),
                users=[(str(one.pk), str(one)) for one in people()])  # fmt: skip
        self.fields["users"].initial = [user.pk]

    def watch(self) -> alerts.Watch:
        values = self.cleaned_data
        return alerts.Watch(
            self.kind, values.get("figure", ""), values.get("grain", ""), values["market"],
            int(values["segment"]) if values.get("segment") else None, values.get("side", ""), values.get("limit"),
            tuple(values["users"]), values["by_mail"], tuple(values.get("webhooks", ())),
        )  # fmt: skip


class WebhookForm(forms.Form):
    """Another program's address."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("An https address of the open internet."),
    )  # fmt: skip


class MuteForm(forms.Form):
    """For how long nobody is told."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Mute"), coerce=int,
        choices=[("1", gettext_lazy("until tomorrow")), ("7", gettext_lazy("for a week")), ("30", gettext_lazy("for a month"))],
    )  # fmt: skip

    def until(self) -> date:
        return timezone.now().date() + timedelta(days=int(self.cleaned_data["days"]))


def choose(form: forms.Form, **choices: list[tuple[str, str]]) -> None:
    for name, values in choices.items():
        if name in form.fields:
            form.fields[name].choices = values  # type: ignore[attr-defined]
