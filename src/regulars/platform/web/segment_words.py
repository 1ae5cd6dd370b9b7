"""What a segment's page opens with: how many are in it, and how that changed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.insights.api import segments
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
