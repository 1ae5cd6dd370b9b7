"""Predictions: what is expected, how good it has been on this shop's own past, what it was learned from."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.charts import Words
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import predictions as door
from regulars.platform.web import prediction_pictures as pictures
from regulars.platform.web import prediction_words as said
from regulars.platform.web.asked import nothing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.prediction_effects import effects
from regulars.platform.web.templatetags.regulars import reader

_ORDER = ("served", "rule", "linear", "boosted")  # models of the comparison, the others after them


@page("figures.see")
@require_GET
def predictions(request: Request) -> HttpResponse:
    """GET: the model that is in force, and those before it."""
    info = insights.current()
    if info is None or info.empty:
        return nothing(request, _("Predictions"))
    found, w = door.model(), reader()
    context: dict[str, Any] = {
        "job": door.predicting(),
        "may_make": request.user.may("settings.change"),
        "model": found,
    }
    if found is not None:
        state = found.state
        tested = state["days"][-1] if state["days"] else None
        whole = request.user.reach.markets is None  # sums over all markets are for those who may see all
        context |= {
            "lead": said.lead(tested, state["horizon"], w, contract=state["contract"]),
            "state": state,
            "serves": said.serves(state),
            "notes": [said.note(text) for text in state["notes"]],
            "expected": _expected(found, w) if whole else None,
            "spread": pictures.spread(state["spread"], 100 * door.AT_RISK, w, _("Customers by risk")) if whole else None,
            "people": _people(request, found),
            "days": [_day(one, w) for one in reversed(state["days"])],
            "models": _models(tested, w) if tested else [],
            "calibration": pictures.calibration(tested["calibration"], w, _("Risk said and seen")) if tested else None,
            "ranking": pictures.ranking(tested["ranking"], 100 * tested["left"], w, _("Who is found among those called")) if tested else None,
            "effects": effects(state["effects"], w),
            "trained": _trained(state["trained"], w),
            "drift": said.drift((state["drift"] or {}).get("score"), w),
            "before": [_before(one, w) for one in door.models_made()],
        }  # fmt: skip
    return render(request, "predictions/predictions.html", context)


def _expected(found: door.Model, w: Words) -> list[tuple[str, str, str]]:
    """Sums over everybody who may be profiled: name, value, what it is."""
    one, state = found.state["expected"], found.state
    horizon, year = w.number(state["horizon"]), w.number(round(365 * state["years"]))
    rows = [
        (_("Customers expected to stay") if state["contract"] else _("Customers expected to order"), one["buyers"],
         _("of %(all)s, within %(days)s days: the sum of their chances") % {"all": w.number(one["judged"]), "days": horizon}),
        (_("Customers at risk"), one["at_risk"],
         (_("whose risk that the contract ends within %(days)s days is at least %(risk)s") if state["contract"]
          else _("whose risk not to order within %(days)s days is at least %(risk)s")) % {"days": horizon, "risk": w.percent(100 * door.AT_RISK)}),
        (_("Expected orders"), one["orders"], _("days with an order in the next %(days)s days") % {"days": year}),
    ]  # fmt: skip
    told = [(name, w.number(round(value)), what) for name, value, what in rows if value is not None]
    money = [
        (_("Expected revenue"), one["revenue"],
         _("in the next %(days)s days, after refunds; later money counts less, by %(rate)s a year")
         % {"days": year, "rate": w.percent(100 * state["discount"])}),
        (_("Value at risk"), one["value_at_risk"], _("risk times expected revenue, over all customers")),
    ]  # fmt: skip
    return told + [(name, _money(value, found, w), what) for name, value, what in money if value is not None]


def _money(value: float, found: door.Model, w: Words) -> str:
    return w.money(value, found.currency, 0) if found.currency else w.number(value)


def _people(request: Request, found: door.Model) -> str:
    """Where those at risk stand by name."""
    if not request.user.may("people.see") or not found.state["expected"]["judged"]:
        return ""
    # Under contract there are customers without an order, and they are counted.
    rule = f"churn_probability >= {door.AT_RISK}" + ("" if found.state["contract"] else " and orders > 0")
    return f"{reverse('customers')}?{urlencode({'rule': rule})}"


def _day(one: dict[str, Any], w: Words) -> dict[str, str]:
    """A past day on which it was tried."""
    served, called = one["qualities"]["served"], one["called"]
    return {
        "day": w.day(date.fromisoformat(one["day"])), "customers": w.number(one["customers"]),
        "said": w.percent(100 * one["said"], 1), "left": w.percent(100 * one["left"], 1),
        "called": w.number(called["left"]), "chance": w.number(called["by_chance"]), "of": w.number(called["called"]),
        "auc": _give_or_take(served["auc"], served["auc_se"], w),
    }  # fmt: skip


def _models(tested: dict[str, Any], w: Words) -> list[dict[str, str]]:
    """The models side by side on the newest of the past days."""
    found = tested["qualities"]
    names = [name for name in _ORDER if name in found] + [name for name in found if name not in _ORDER]
    return [
        {
            "name": said.model_name(name),
            "auc": _give_or_take(found[name]["auc"], found[name]["auc_se"], w),
            "log_loss": _give_or_take(found[name]["log_loss"], found[name]["log_loss_se"], w),
            "ece": w.percent(100 * found[name]["ece"], 1),
            "floor": w.percent(100 * found[name]["ece_floor"], 1),
        }
        for name in names
    ]


def _give_or_take(value: float | None, error: float | None, w: Words) -> str:
    """'0.823 ± 0.011'; a dash where it is not known."""
    if value is None:
        return "–"
    return w.number(value, 3) if error is None else f"{w.number(value, 3)} ± {w.number(error, 3)}"


def _trained(trained: dict[str, Any] | None, w: Words) -> list[tuple[str, str, str, str]]:
    """Past days: the day, how far it looked ahead, customers, the share that left."""
    if trained is None:
        return []
    columns = zip(trained["cuts"], trained["horizons"], trained["customers"], trained["left"], strict=True)
    return [
        (w.day(date.fromisoformat(cut)), w.number(days), w.number(customers), w.percent(100 * left, 1))
        for cut, days, customers, left in columns
    ]


def _before(one: door.Before, w: Words) -> dict[str, str]:
    """A line of the history."""
    tested = one.tested
    called = "–"
    if tested is not None:
        called = _("%(left)s of %(called)s, by chance %(chance)s") % {
            "left": w.number(tested["called"]["left"]), "called": w.number(tested["called"]["called"]),
            "chance": w.number(tested["called"]["by_chance"]),
        }  # fmt: skip
    served = tested["qualities"]["served"] if tested else {}
    return {
        "day": w.day(one.as_of), "customers": w.number(one.customers), "called": called,
        "auc": _give_or_take(served.get("auc"), served.get("auc_se"), w),
        "drift": "–" if one.drift is None else w.number(one.drift, 2),
        "serves": said.serves_short(one.serves),
    }  # fmt: skip


@page("settings.change")
@require_POST
def make(request: Request) -> HttpResponse:
    """Have predictions made now; the job's page shows how far it is."""
    return redirect("job", door.start(by=request.user))


urls = [
    path("predictions", predictions, name="predictions"),
    path("predictions/make", make, name="predictions-make"),
]
