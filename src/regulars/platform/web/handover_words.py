"""Hand-overs in words: whom, to what, how often, what would be done and what it can show."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.engagement.api import HandOverInfo
from regulars.platform.web.handover_effects import added
from regulars.platform.web.templatetags.regulars import reader


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
    if one.state == "stopped" and one.looked.get("mistake"):
        return f"{_misfit()} {_since(one)}" if any(item.ready for item in one.lists) else _misfit()
    return _since(one)


def _since(one: HandOverInfo) -> str:
    if one.measured is not None and (kept := one.measured.effects.get("kept")) is not None:
        return added(kept)
    if not any(item.ready for item in one.lists):
        return _("Who is handed over and who is held out is being recorded. Nothing leaves before.")
    return (
        _given(one.treated, one.held_out) + " " + _("What they do from now on is measured with each import.")
    )


def _misfit() -> str:
    return _("The rule of this segment no longer fits. Change it, then hand it over anew.")


def _before(one: HandOverInfo) -> str:
    if one.looked.get("mistake"):
        return _misfit()
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


def _number(value: float) -> str:
    """'5', '2.5'."""
    return reader().number(Decimal(f"{value:.12g}"), 0 if value == round(value) else 1)
