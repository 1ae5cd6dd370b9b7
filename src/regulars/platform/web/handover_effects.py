"""What a hand-over added, in words: the answer, the table, the check of the groups, the return, the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.experiments import Effect, Interval
from regulars.platform.engagement.api import HandOverInfo, MeasuredInfo
from regulars.platform.web.lines import Graph, Line, Point, picture
from regulars.platform.web.templatetags.regulars import reader

_TICKS = 6


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
