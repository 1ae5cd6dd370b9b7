"""What is computed once for several questions gives each the answer that it would have had alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from regulars.kernel.periods import Period, add_months, rolling, standard
from regulars.lake.engines import DuckEngine
from regulars.metrics import gaps, propose_by_history, propose_window
from regulars.metrics.analysis import Analysis
from regulars.metrics.asked import listening
from regulars.metrics.calendar import BITS, Calendar
from regulars.metrics.catalogue import figure
from regulars.metrics.gaps import gaps_since
from support.tiny import analysed, bought, refunded

FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)
MONTHS = standard("month", FIRST, LAST)
YEARS = tuple(Period(add_months(month.end, -12), month.end) for month in MONTHS[20:])
WEEKS = rolling("week", date(2024, 12, 20), 30)
SLUGS = (
    "retention_rate", "new_customers", "loyal_customer_rate", "revenue_new_customers", "revenue_loyal_customers",
    "revenue_churn_gross", "existing_customer_revenue_growth", "spend_by_tenure", "purchase_frequency", "revenue_net",
    "clv_simple",
)  # fmt: skip


@pytest.fixture
def analysis(duck: DuckEngine) -> Analysis:
    chance = random.Random(7)
    days = [(FIRST + timedelta(days=chance.randrange(1096))).isoformat() for _ in range(400)]
    orders = [bought(chance.randrange(1, 60), day, market=chance.choice(["DE", "NO"])) for day in days]
    back = [refunded(chance.randrange(1, 60), day, "3") for day in days[:20]]
    return analysed(duck, orders, first=str(FIRST), last=str(LAST), window=45, payments=back)


@pytest.mark.parametrize("by", [(), ("market",)])
@pytest.mark.parametrize("periods", [MONTHS[3:20], YEARS, WEEKS], ids=["months", "years", "weeks"])
def test_a_calendar_within_a_wider_one_answers_as_it_does_alone(
    analysis: Analysis, periods: tuple[Period, ...], by: tuple[str, ...]
) -> None:
    wider = Calendar("all", (*YEARS, *MONTHS, *WEEKS), 45)
    assert len(wider.chunks) > 1
    assert all(len(chunk.boundaries) <= BITS for chunk in wider.chunks)
    figures = [figure(slug) for slug in SLUGS]
    alone = analysis.rows(figures, Calendar("alone", periods, 45), by)
    shared = analysis.rows(figures, Calendar("shared", periods, 45, wider), by)
    assert shared == alone


def test_histories_looked_at_together_are_those_looked_at_alone(analysis: Analysis) -> None:
    whole, short = propose_by_history(analysis, (None, 6))
    assert whole == propose_window(analysis)
    assert short == propose_window(analysis, first=date(2024, 7, 1))
    cut = date(2024, 6, 30)
    starts = (date(2023, 5, 1), FIRST, date(2024, 1, 31))
    alone = tuple(gaps(analysis, first=start, last=cut) for start in starts)
    assert gaps_since(analysis, starts, cut) == alone


def test_the_same_question_is_asked_of_the_engine_once(
    analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    months, wanted = Calendar("months", MONTHS, 45), [figure("retention_rate"), figure("orders")]
    before = analysis.rows(wanted, months)
    with monkeypatch.context() as patch:
        patch.setattr(analysis.engine, "run", lambda _: pytest.fail("asked again"))
        assert analysis.rows(wanted, months) == before
    # Other periods under the same name are another question.
    other = analysis.rows(wanted, Calendar("months", MONTHS[:5], 45))
    assert [replace(row, lake_version=None) for row in other] == [
        row for row in before if row.period_end <= MONTHS[4].end
    ]


def test_a_listener_that_leaves_takes_no_other_with_it(analysis: Analysis) -> None:
    with listening(analysis) as outer:
        with listening(analysis):
            pass
        gaps(analysis)
    assert outer.queries
    assert analysis.listeners == []
