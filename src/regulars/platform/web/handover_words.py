"""Hand-overs in words: what would be done, what it can show, what it added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.experiments import Effect, Interval
from regulars.platform.engagement.api import HandOverInfo, MeasuredInfo
from regulars.platform.web.lines import Graph, Line, Point, picture
from regulars.platform.web.templatetags.regulars import reader

_TICKS = 6


def tools() -> list[tuple[str, str]]:
    """The tools whose columns there are. Names of products stay as they are."""
    return [
        ("klaviyo", _("Klaviyo (profiles)")), ("mailchimp", _("Mailchimp (audience)")),
        ("shopify", _("Shopify (customers with tags)")), ("zendesk", _("Zendesk (user fields)")), ("plain", _("Any other tool")),
    ]  # fmt: skip


def rhythms() -> list[tuple[str, str]]:
    """How often."""
    return [
        ("once", _("once")),
        ("week", _("every week: who has newly come to it")),
        ("day", _("every day: who has newly come to it")),
    ]


def reasons() -> list[tuple[str, str]]:
    """Why somebody is on the Today list."""
    return [("complaint", _("Complaint")), ("late", _("Late parcel")), ("overdue", _("Might not come back"))]


def whom(one: HandOverInfo, segment: str) -> str:
    """'the segment Often', 'the Today list: complaint'."""
    if one.source == "segment":
        return segment or _("a segment")
    said = dict(reasons()).get(one.reason)
    return _("The Today list: %(reason)s") % {"reason": said} if said else _("The Today list")


def state(one: HandOverInfo) -> tuple[str, str]:
    """The state in a word, and its tone."""
    if one.state == "draft":
        return _("not begun"), ""
    if one.state == "stopped":
        return _("stopped"), ""
    if one.every == "once":
        return _("handed over"), "accent"
    return _("goes on"), "accent"


def lead(one: HandOverInfo) -> str:
    """The sentence that the page opens with."""
    if one.state == "draft":
        return _before(one)
    if one.measured is not None and (kept := one.measured.effects.get("kept")) is not None:
        return added(kept)
    if not any(item.ready for item in one.lists):
        return _("Who is handed over and who is held out is being recorded. Nothing leaves before.")
    return (
        _given(one.treated, one.held_out) + " " + _("What they do from now on is measured with each import.")
    )


def _before(one: HandOverInfo) -> str:
    if one.looked.get("mistake"):
        return _("The rule of this segment no longer fits. Change it, then hand it over anew.")
    counts = one.looked.get("counts")
    if counts is None:
        return _("Whom this is about is being counted.")
    said = reader().number
    if not counts["found"]:
        return _("Nobody is in it now.")
    reachable = counts["found"] - counts["no_consent"] - counts["no_address"]
    first = ngettext(
        "Of %(found)s customer %(reachable)s may be written to.",
        "Of %(found)s customers %(reachable)s may be written to.",
        counts["found"],
    ) % {"found": said(counts["found"]), "reachable": said(reachable)}
    return f"{first} {_would(counts['treated'], counts['held_out'])}" if counts["treated"] else first


def _would(treated: int, held_out: int) -> str:
    said = reader().number
    return ngettext(
        "%(treated)s would be handed over, %(held)s held out.",
        "%(treated)s would be handed over, %(held)s held out.",
        treated,
    ) % {"treated": said(treated), "held": said(held_out)}


def _given(treated: int, held_out: int) -> str:
    said = reader().number
    return ngettext(
        "%(treated)s customer was handed over, %(held)s held out.",
        "%(treated)s customers were handed over, %(held)s held out.",
        treated,
    ) % {"treated": said(treated), "held": said(held_out)}


def plan(one: HandOverInfo) -> list[str]:
    """How many and how long are needed, and what can be seen with those that there are. Empty before it was looked at."""
    counts = one.looked.get("counts")
    if counts is None:
        return []
    found = one.looked.get("plan")
    if found is None:
        return [
            _(
                "How many are needed cannot be said: the past is too short, or tells no difference between customers."
            )
        ]
    w, weeks = reader(), found["weeks"] or ceil(one.horizon / 7)
    rate = {
        "rate": w.percent(found["rate"] * 100, 1),
        "days": w.number(one.horizon),
        "n": w.number(found["past"]),
    }
    like = _(
        "By themselves %(rate)s come back within %(days)s days: so it was with the %(n)s customers of this segment %(days)s days ago."
    )
    all_ = _(
        "By themselves %(rate)s come back within %(days)s days: so it was with all %(n)s customers %(days)s days ago."
    )
    lines = [(like if found["like"] else all_) % rate]
    if found["needed"] is None:
        lines.append(
            _("A difference of %(points)s points is more than there can be.")
            % {"points": w.number(one.points, 1)}
        )
    else:
        values = {"points": _number(one.points), "n": w.number(found["needed"]), "weeks": w.number(weeks)}
        lines.append(ngettext(
            "To see %(points)s points you need %(n)s customers for %(weeks)s week.",
            "To see %(points)s points you need %(n)s customers for %(weeks)s weeks.", weeks,
        ) % values)  # fmt: skip
        if found["needed"] > counts["fresh"] and one.every != "once" and found["weeks"] is None:
            lines.append(
                _("At the pace at which customers come to it that would take longer than ten years.")
            )
    return [*lines, _with_these(counts["fresh"], found)]


def _with_these(customers: int, found: dict[str, Any]) -> str:
    w = reader()
    if found["needed"] is not None and customers >= found["needed"]:
        return _("There are enough: %(n)s.") % {"n": w.number(customers)}
    if found["sees"] is None:
        return _("With the %(n)s there are, no difference can be seen.") % {"n": w.number(customers)}
    return _("With the %(n)s there are, a difference of %(sees)s points or more can be seen.") % {
        "n": w.number(customers), "sees": w.number(found["sees"], 1)
    }  # fmt: skip


def added(kept: Effect) -> str:
    """What it added in customers kept, in a sentence."""
    w = reader()
    shares = {
        "treated": w.percent(kept.treated_mean * 100, 1),
        "held": w.percent(kept.held_out_mean * 100, 1),
    }
    if kept.total is None or kept.per_customer is None:
        return (
            _(
                "It is too early to say what this added: so far %(treated)s of those handed over came back, %(held)s of those held out."
            )
            % shares
        )
    if kept.answer == "added":
        return _(
            "This kept about %(n)s customers who would not have come back (between %(low)s and %(high)s)."
        ) % _counted(kept.total)
    if kept.answer == "took":
        fewer = Interval(-kept.total.estimate, -kept.total.high, -kept.total.low)
        return _(
            "About %(n)s customers fewer came back than without it (between %(low)s and %(high)s)."
        ) % _counted(fewer)
    shares |= {name: w.points(value * 100) for name, value in _ends(kept.per_customer).items()}
    return _(
        "No effect seen so far: %(treated)s of those handed over came back, %(held)s of those held out. "
        "It can be anything from %(low)s to %(high)s points."
    ) % shares  # fmt: skip


def _counted(one: Interval) -> dict[str, str]:
    said = reader().number
    return {"n": said(round(one.estimate)), "low": said(round(one.low)), "high": said(round(one.high))}


def _ends(one: Interval) -> dict[str, float]:
    return {"low": one.low, "high": one.high}


@dataclass(frozen=True)
class Row:
    """One outcome as the table says it; `each` and `total` with their intervals, empty while it is too early."""

    name: str
    held_out: str
    treated: str
    each: str
    each_between: str
    total: str
    total_between: str
    answer: str
    tone: str


def rows(measured: MeasuredInfo) -> list[Row]:
    """What was added, by outcome."""
    w, currency = reader(), measured.currency

    def money(value: float) -> str:
        return w.money(_whole(value), currency) if currency else w.number(_whole(value), 2)

    told: tuple[tuple[str, str, Callable[[float], str], Callable[[float], str], Callable[[float], str]], ...] = (
        ("kept", _("Customers who came back"), lambda v: w.percent(v * 100, 1), _points, _signed(lambda v: w.number(round(v)))),
        ("orders", _("Orders"), lambda v: w.number(_whole(v), 2), _signed(lambda v: w.number(_whole(v), 2)), _signed(lambda v: w.number(round(v)))),
        ("margin", _("Margin before refunds"), money, _signed(money), _signed(money)),
    )  # fmt: skip
    return [
        _row(name, measured.effects[slug], mean, each, total) for slug, name, mean, each, total in told if slug in measured.effects
    ]  # fmt: skip


def _row(
    name: str, effect: Effect, mean: Callable[[float], str], each: Callable[[float], str], total: Callable[[float], str]
) -> Row:  # fmt: skip
    answer, tone = said(effect.answer)
    means = (mean(effect.held_out_mean), mean(effect.treated_mean))
    if effect.per_customer is None or effect.total is None:
        return Row(name, *means, "", "", "", "", answer, tone)
    one, whole = effect.per_customer, effect.total
    return Row(
        name, *means, each(one.estimate), _between(each(one.low), each(one.high)), total(whole.estimate),
        _between(total(whole.low), total(whole.high)), answer, tone,
    )  # fmt: skip


def said(answer: str) -> tuple[str, str]:
    """An answer in a word, and its tone."""
    return {
        "too_early": (_("too early"), ""),
        "no_effect_seen": (_("no effect seen"), ""),
        "added": (_("added"), "good"),
        "took": (_("took away"), "bad"),
    }.get(answer, ("", ""))


def checks(measured: MeasuredInfo) -> list[str]:
    """Whether the arms are as they were drawn, and who is missing since."""
    w, lines = reader(), []
    if measured.mismatch:
        lines.append(_(
            "The two groups do not have the shares that they were given. Customers were lost on one side only: "
            "do not trust this effect before you know who."
        ))  # fmt: skip
    else:
        lines.append(_("The two groups have the shares that they were given."))
    if sum(measured.erased.values()):
        lines.append(_(
            "Erased since: %(treated)s of those handed over, %(held)s of those held out. They are not measured any more; "
            "as long as this is about the same share on both sides, the effect stays right."
        ) % {"treated": w.number(measured.erased["treated"]), "held": w.number(measured.erased["held_out"])})  # fmt: skip
    return lines


def returned(one: HandOverInfo) -> list[tuple[str, str, str]]:
    """What the work cost and brought (K19): what, the value, and between which it lies."""
    found = one.returned
    if found is None or one.measured is None:
        return []
    w, currency = reader(), one.measured.currency

    def money(value: float) -> str:
        return w.money(_whole(value), currency) if currency else w.number(_whole(value), 2)

    lines = [(_("Cost"), money(found.cost), "")]
    if found.cost_per_kept is not None:
        high = money(found.cost_per_kept_high) if found.cost_per_kept_high is not None else _("no limit")
        low = money(found.cost_per_kept_low) if found.cost_per_kept_low is not None else _("no limit")
        lines.append((_("Cost of a customer kept"), money(found.cost_per_kept), _between(low, high)))
    if found.profit is not None:
        lines.append((_("Margin added less cost"), money(found.profit.estimate),
                      _between(money(found.profit.low), money(found.profit.high))))  # fmt: skip
    if found.roi is not None:
        lines.append((_("Return on the cost"), w.percent(found.roi.estimate * 100),
                      _between(w.percent(found.roi.low * 100), w.percent(found.roi.high * 100))))  # fmt: skip
    return lines


def path_picture(measured: MeasuredInfo, number: int) -> SafeString | None:
    """The effect on customers kept from day to day with its interval; nothing while there are fewer than three days."""
    known = [one for one in measured.paths.get("kept", []) if "estimate" in one]
    if len(known) < 3:
        return None
    w = reader()
    points = tuple(_point(one) for one in known)
    edges = [
        Line(tuple(Point(point.at, one[side] * 100, "") for point, one in zip(points, known, strict=True)), quiet=True)
        for side in ("low", "high")
    ]  # fmt: skip
    nothing = Line((Point(points[0].at, 0.0, ""), Point(points[-1].at, 0.0, "")), quiet=True)
    step = max(1, len(known) // _TICKS)
    ticks = tuple(
        (point.at, w.day(_day(one))) for point, one in list(zip(points, known, strict=True))[::step]
    )
    graph = Graph(
        (Line(points, w.points(known[-1]["estimate"] * 100)), *edges, nothing), ticks, lambda value: w.points(value, 0),
        _("Customers kept: points more than without it"), added(measured.effects["kept"]), name=f"effect-{number}",
    )  # fmt: skip
    return picture(graph)


def _point(one: dict[str, Any]) -> Point:
    w = reader()
    says = _("%(day)s: %(estimate)s points, between %(low)s and %(high)s") % {
        "day": w.day(_day(one)), "estimate": w.points(one["estimate"] * 100), "low": w.points(one["low"] * 100),
        "high": w.points(one["high"] * 100),
    }  # fmt: skip
    return Point(float(_day(one).toordinal()), one["estimate"] * 100, says)


def _day(one: dict[str, Any]) -> date:
    return date.fromisoformat(one["day"])


def _between(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _signed(write: Callable[[float], str]) -> Callable[[float], str]:
    """With a plus where it is more."""
    return lambda value: f"+{write(value)}" if value > 0 and write(value) != write(0.0) else write(value)


def _points(value: float) -> str:
    """'+3.1 points'."""
    return _("%(points)s points") % {"points": reader().points(value * 100)}


def _whole(value: float) -> Decimal:
    """A number as the formats take it: an estimate has no more than a dozen digits that mean anything."""
    return Decimal(f"{value:.12g}")


def _number(value: float) -> str:
    """'5', '2.5'."""
    return reader().number(_whole(value), 0 if value == round(value) else 1)
