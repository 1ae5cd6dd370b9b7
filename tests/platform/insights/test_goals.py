"""Goals on computed figures: set, looked at after each snapshot, closed, let go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from regulars.kernel.errors import InputError
from regulars.platform.core.api import Reach, User, start_job
from regulars.platform.core.models import AuditEntry
from regulars.platform.insights.api import goal_lines, goals
from regulars.platform.insights.models import Goal, Segment, Snapshot
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)

WISH = goals.Wish(
    "retention_rate", "DE", None, "quarter", "raise", "relative", Decimal(10), date(2026, 6, 30)
)


@pytest.fixture
def boss(user: Callable[..., User]) -> User:
    return user("manager")


def _set(by: User, **changes: object) -> Goal:
    return Goal.objects.get(pk=goals.set_goal(by=by, wish=replace(WISH, owner=by.pk, **changes)))  # type: ignore[arg-type]


def measured(segment: Segment, work: Callable[[], None]) -> None:
    """Have the worker compute the figure, as a page does that did not wait for it."""
    key = f"{Snapshot.objects.get().pk} {segment.pk} 1 retention_rate quarter "
    start_job(
        kind="goals.measure", key=key, segment=segment.pk, figure="retention_rate", grain="quarter", market=""
    )
    work()


def test_a_goal_starts_from_the_last_complete_period_and_freezes_it(computed: Site, boss: User) -> None:
    goal = _set(boss)
    snapshot = Snapshot.objects.get()
    assert goal.baseline_end <= date(2026, 1, 1) and goal.baseline_version == snapshot.lake_version
    assert goal.target == (goal.baseline * Decimal("1.1")).quantize(Decimal("1e-10"))
    assert (goal.period_start, goal.period_end) == (date(2026, 4, 1), date(2026, 7, 1))
    assert AuditEntry.objects.get(action="goal.set").object == f"goal:{goal.pk}"


def test_the_target_is_said_back_both_ways(computed: Site, boss: User) -> None:
    _set(boss)
    said = goals.goals(user=boss)[0].target_said
    assert "10% more, that is" in said and "points." in said
    points = _set(boss, kind="points", change=Decimal(5))
    assert "5.0 points more, that is" in goals.goal(user=boss, number=points.pk).target_said  # type: ignore[union-attr]


def test_every_letter_has_its_sentence(computed: Site, boss: User) -> None:
    letters = goals.goal(user=boss, number=_set(boss).pk).letters  # type: ignore[union-attr]
    assert [one.letter for one in letters] == ["S", "M", "A", "R", "T"]
    assert "Manager looks after it" in letters[0].sentence and "a year" in letters[3].sentence
    assert letters[4].ok and "Q2 2026" in letters[4].sentence


def test_a_figure_without_worth_needs_a_reason(computed: Site, boss: User) -> None:
    wish = replace(WISH, figure="repurchase_rate")
    assert [check.ok for check in goals.propose(wish, reach=Reach()).checks if check.letter == "R"] == [False]
    told = goals.propose(replace(wish, reason="The board asked."), reach=Reach())
    assert [check.ok for check in told.checks if check.letter == "R"] == [True]


def test_a_segment_has_figures_of_its_own(computed: Site, boss: User, work: Callable[[], None]) -> None:
    segment = Segment.objects.create(name="Often", slug="often", rule="orders >= 3")
    measured(segment, work)
    wish = replace(WISH, market="", segment=segment.pk)
    often = goals.propose(wish, reach=Reach())
    everyone = goals.propose(replace(wish, segment=None), reach=Reach())
    assert often.baseline and everyone.baseline and often.baseline.value and everyone.baseline.value
    assert often.baseline.base and everyone.baseline.base and 0 < often.baseline.base < everyone.baseline.base


def test_a_new_snapshot_brings_values_and_outlook(
    computed: Site, boss: User, work: Callable[[], None]
) -> None:
    segment = Segment.objects.create(name="Often", slug="often", rule="orders >= 3")
    measured(segment, work)
    for goal in (_set(boss), _set(boss, market="", segment=segment.pk)):
        Goal.objects.filter(pk=goal.pk).update(points=[], outlook={}, snapshot=None)
    start_job(kind="goals.evaluate")
    start_job(kind="goals.evaluate")
    work()
    for info in goals.goals(user=boss):
        assert info.points and info.short and info.share is not None
    assert set(Goal.objects.values_list("snapshot", flat=True)) == {Snapshot.objects.get().pk}


def test_a_goal_whose_time_is_over_is_closed_once(
    computed: Site, boss: User, work: Callable[[], None]
) -> None:
    goal = _set(boss)
    ends = goal.baseline_end
    Goal.objects.filter(pk=goal.pk).update(
        period_end=ends, baseline_end=date(2024, 1, 1), target=goal.baseline + 50
    )
    for _ in range(2):
        start_job(kind="goals.evaluate")
        work()
    goal.refresh_from_db()
    assert goal.state == "missed" and goal.closed_value == pytest.approx(goal.baseline)
    assert AuditEntry.objects.filter(action="goal.missed").count() == 1
    assert goals.goals(user=boss) == [] and goals.goals(user=boss, over=True)[0].short.startswith(
        "missed by 50.0 points"
    )


def test_dropping_can_be_undone(computed: Site, boss: User) -> None:
    goal = _set(boss)
    goals.drop(by=boss, number=goal.pk)
    assert goal_lines(boss) == [] and goals.goals(user=boss, over=True)[0].short == "dropped"
    goals.take_up_again(by=boss, number=goal.pk)
    assert [line.number for line in goal_lines(boss)] == [goal.pk]


@pytest.mark.parametrize(
    "changes",
    [{"change": Decimal(0)}, {"due": date(2025, 1, 1)}, {"figure": "no_figure"}, {"figure": "came_and_went"}, {"segment": 99}],
)  # fmt: skip
def test_what_is_no_goal_is_refused(computed: Site, boss: User, changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        _set(boss, **changes)
    assert not Goal.objects.exists()


def test_market_limits_hold(computed: Site, boss: User, user: Callable[..., User]) -> None:
    german, norwegian = user("analyst", markets=["DE"]), user("reader", markets=["NO"])
    goal = _set(german)
    _set(boss, market="")
    assert [info.number for info in goals.goals(user=german)] == [goal.pk]
    assert goals.goals(user=norwegian) == [] and goals.goal(user=norwegian, number=goal.pk) is None
    with pytest.raises(InputError):
        _set(german, market="")
    with pytest.raises(InputError):
        _set(german, market="NO")


def test_without_figures_there_is_nothing_to_start_from(site: Site, boss: User) -> None:
    with pytest.raises(InputError):
        goals.propose(WISH, reach=Reach())


def test_it_speaks_german_numbers(computed: Site, boss: User) -> None:
    _set(boss)
    with translation.override("de"):
        info = goals.goals(user=boss)[0]
    assert info.scope == "Deutschland" and "," in info.now
