"""The demo's pages are not empty: its shop has segments, goals and alerts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.demo.watched import GOALS, SEGMENTS, set_up
from regulars.platform.core.api import User
from regulars.platform.insights.models import AlertRule, Goal, Segment
from regulars.platform.site import Site


def made() -> tuple[int, int, int]:
    return Segment.objects.count(), Goal.objects.count(), AlertRule.objects.count()


@pytest.mark.django_db
def test_setting_up_the_demo_twice_makes_everything_once(computed: Site, user: Callable[..., User]) -> None:
    demo = user()
    set_up(demo)
    assert made() == (len(SEGMENTS), len(GOALS), 3)
    set_up(demo)
    assert made() == (len(SEGMENTS), len(GOALS), 3)


@pytest.mark.django_db
def test_a_set_up_that_was_cut_short_is_completed(computed: Site, user: Callable[..., User]) -> None:
    demo = user()
    set_up(demo)
    Goal.objects.all().delete()
    AlertRule.objects.filter(segment=None).delete()
    Segment.objects.exclude(name="Loyal, gone quiet").delete()
    set_up(demo)
    assert made()[:2] == (len(SEGMENTS), len(GOALS))
