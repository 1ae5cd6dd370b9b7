"""What a segment's page opens with: how many are in it, and how that changed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.insights.api import segments
from regulars.platform.web.lines import Graph, Line, Point, picture
from regulars.platform.web.templatetags.regulars import reader


def lead(one: segments.SegmentInfo) -> str:
    """'1,204 customers are in this segment, 31 more than a week ago.'"""
    if one.archived_at is not None:
        return _("This segment was put away on %(day)s and is not counted any more.") % {
            "day": reader().day(one.archived_at.date())
        }
    if one.size is None:
        return _("Who is in this segment is being counted.")
    n, said = one.size.customers, reader().number
    if one.week is None:
        words = ngettext("%(n)s customer is in this segment.", "%(n)s customers are in this segment.", n)
    elif one.week > 0:
        words = ngettext(
            "%(n)s customer is in this segment, %(more)s more than a week ago.",
            "%(n)s customers are in this segment, %(more)s more than a week ago.",
            n,
        )
    elif one.week < 0:
        words = ngettext(
            "%(n)s customer is in this segment, %(fewer)s fewer than a week ago.",
            "%(n)s customers are in this segment, %(fewer)s fewer than a week ago.",
            n,
        )
    else:
        words = ngettext(
            "%(n)s customer is in this segment, as many as a week ago.",
            "%(n)s customers are in this segment, as many as a week ago.",
            n,
        )
    return words % {"n": said(n), "more": said(one.week or 0), "fewer": said(-(one.week or 0))}


def size_picture(sizes: list[segments.Size]) -> Any:
    """The size over time, under the newest rule; nothing where it was counted fewer than three times."""
    own = [size for size in sizes if size.revision == sizes[-1].revision]
    if len(own) < 3:
        return None
    w = reader()
    points = tuple(Point(float(size.day.toordinal()), float(size.customers), _says(size)) for size in own)
    values = {"first": w.day(own[0].day), "last": w.day(own[-1].day), "a": w.number(own[0].customers),
              "b": w.number(own[-1].customers)}  # fmt: skip
    summary = _("From %(a)s customers on %(first)s to %(b)s on %(last)s.") % values
    step = max(1, len(own) // 6)
    ticks = tuple((float(size.day.toordinal()), w.day(size.day)) for size in own[::step])
    line = Line(points, label=w.number(own[-1].customers))
    graph = Graph(
        (line,), ticks, lambda value: w.short_number(int(value)), _("Customers in the segment"), summary,
        from_zero=True, name="size",
    )  # fmt: skip
    return {"picture": picture(graph), "summary": summary}


def _says(size: segments.Size) -> str:
    template = ngettext("%(day)s: %(n)s customer", "%(day)s: %(n)s customers", size.customers)
    return template % {"day": reader().day(size.day), "n": reader().number(size.customers)}
