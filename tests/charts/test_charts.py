"""Every chart is drawn from plain rows or Arrow, says itself in a sentence, and keeps its promises about axes."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import vl_convert

from regulars import charts
from regulars.charts import COLOURS, Look, Words
from regulars.charts.ticks import steps
from regulars.kernel.periods import add_months

MONTHS = [add_months(dt.date(2011, 1, 1), k) for k in range(13)]
WORDS = Words("en")

TREND = [{"end": m, "value": Decimal(60 + k % 3), "low": Decimal(57), "high": Decimal(65), "complete": k < 12}
         for k, m in enumerate(MONTHS)]  # fmt: skip
COHORTS = [
    {"cohort": MONTHS[k], "size": 100, "offset": o, "share": Decimal(40 - 3 * o), "complete": k + o < 8,
     "already_there": k == 0}
    for k in range(8) for o in range(9 - k)
]  # fmt: skip
GAPS = [{"day": d, "returned": Decimal(d) / 5} for d in range(400)]
MIX = [{"start": m, "end": add_months(m, 1), "group": g, "revenue": Decimal(v), "complete": k < 12}
       for k, m in enumerate(MONTHS) for g, v in (("new", 50), ("returning", 80), ("loyal", 300))]  # fmt: skip
MARKETS = [
    {
        "name": "Germany",
        "value": Decimal(70),
        "low": Decimal(60),
        "high": Decimal(78),
        "customers": 90,
        "small": False,
    },
    {
        "name": "Norway",
        "value": Decimal(55),
        "low": Decimal(30),
        "high": Decimal(78),
        "customers": 9,
        "small": True,
    },
]
RFM = [{"recency": r, "frequency": f, "customers": r * f} for r in range(1, 6) for f in range(1, 6)]
MOVEMENT = [
    {"start": m, "won": 30, "kept": 500, "lost": 20, "complete": k < 12} for k, m in enumerate(MONTHS)
]
BRIDGE = [
    {"name": "Files", "amount": Decimal(1000), "total": True},
    {"name": "Tax", "amount": Decimal(-200), "total": False},
    {"name": "Revenue", "amount": Decimal(800), "total": True},
]
TRACKING = [
    {"day": dt.date(2011, 1, 1) + dt.timedelta(days=7 * k), "actual": 10.0 * k, "expected": 9.5 * k}
    for k in range(60)
]
CALIBRATION = [
    {"said": 10.0, "seen": 12.0, "low": 8.0, "high": 17.0, "customers": 100},
    {"said": 50.0, "seen": 70.0, "low": 60.0, "high": 78.0, "customers": 100},
]
RANKING = [{"called": float(c), "found": min(100.0, 1.8 * c)} for c in range(5, 101, 5)]
RISKS = [{"low": 10.0 * k, "high": 10.0 * k + 10, "customers": 20 + k} for k in range(10)]
COMPARED = [{"name": "tea", "value": 40.0, "rest": 10.0}, {"name": "cups", "value": 5.0, "rest": 30.0}]
WHATIF = [{"points": p, "worth": Decimal(p) * 1000} for p in range(-10, 11)]

DRAWN: dict[str, Callable[[Any, Look], Any]] = {
    "retention_trend": charts.retention_trend,
    "cohort_curves": charts.cohort_curves,
    "cohort_heat": charts.cohort_heat,
    "gaps": lambda rows, look: charts.gaps(rows, 180, look),
    "revenue_mix": lambda rows, look: charts.revenue_mix(rows, "EUR", look),
    "markets": lambda rows, look: charts.markets(rows, 60.0, look),
    "rfm_grid": charts.rfm_grid,
    "movement": charts.movement,
    "bridge": lambda rows, look: charts.bridge(rows, "EUR", look),
    "whatif": lambda rows, look: charts.whatif(rows, "EUR", look),
    "calibration": charts.calibration,
    "ranking": lambda rows, look: charts.ranking(rows, 55.0, look),
    "risks": lambda rows, look: charts.risks(rows, 60.0, look),
    "compared": lambda rows, look: charts.compared(rows, "here", "elsewhere", look),
    "tracking": lambda rows, look: charts.tracking(rows, dt.date(2011, 9, 1), look),
}
ROWS = {"retention_trend": TREND, "cohort_curves": COHORTS, "cohort_heat": COHORTS, "gaps": GAPS, "revenue_mix": MIX,
        "markets": MARKETS, "rfm_grid": RFM, "movement": MOVEMENT, "bridge": BRIDGE, "whatif": WHATIF,
        "tracking": TRACKING, "calibration": CALIBRATION, "ranking": RANKING, "risks": RISKS, "compared": COMPARED}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_is_the_same_from_rows_and_from_arrow(name: str) -> None:
    look = Look(WORDS, 500)
    plain = DRAWN[name](ROWS[name], look).to_dict()
    arrow = DRAWN[name](pa.Table.from_pylist(ROWS[name]), look).to_dict()
    assert plain == arrow


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_can_be_drawn_without_the_network(name: str) -> None:
    chart = DRAWN[name](ROWS[name], Look(Words("de"), 350))
    assert vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[]).startswith("<svg")


def _texts(name: str, words: Words) -> str:
    chart = DRAWN[name](ROWS[name], Look(words, 700))
    return vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[])


def test_an_axis_writes_money_as_the_language_does() -> None:
    assert "\N{NO-BREAK SPACE}€" in _texts("bridge", Words("de"))
    assert "€1K" in _texts("bridge", WORDS)


def test_bars_start_at_zero() -> None:
    chart = charts.revenue_mix(MIX, "EUR", Look(WORDS)).to_dict()
    domain = chart["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert domain[0] == 0


def test_both_axes_of_a_calibration_end_at_the_same_share() -> None:
    for width in (350, 880):
        first = charts.calibration(CALIBRATION, Look(WORDS, width)).to_dict()["layer"][0]["encoding"]
        assert first["x"]["scale"]["domain"] == first["y"]["scale"]["domain"]


def test_two_shares_are_named_each_on_its_own_side() -> None:
    sides = {}
    for rows in (COMPARED, COMPARED[::-1]):
        layers = charts.compared(rows, "here", "elsewhere", Look(WORDS)).to_dict()["layer"]
        texts = [layer for layer in layers if layer["mark"]["type"] == "text"]
        sides[rows[0]["name"]] = [layer["mark"]["align"] for layer in texts]
    assert sides == {"tea": ["left", "right"], "cups": ["right", "left"]}


def test_a_curve_of_finds_starts_at_nobody() -> None:
    drawn = charts.ranking(RANKING, None, Look(WORDS)).to_dict()["layer"]
    assert drawn[1]["data"]["values"][0] == {"called": 0.0, "found": 0.0}


def test_unfinished_cells_have_no_colour_of_their_own() -> None:
    chart = charts.cohort_heat(COHORTS, Look(WORDS)).to_dict()
    cells = chart["data"]["values"]
    light = [cell for cell in cells if not cell["complete"] or cell["already_there"]]
    assert light
    assert {cell["fill"] for cell in light} == {COLOURS.hatch}


def test_a_window_beyond_the_curve_is_not_drawn() -> None:
    inside, outside = (len(charts.gaps(GAPS, days, Look(WORDS)).to_dict()["layer"]) for days in (180, 9999))
    assert outside < inside


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (charts.retention_trend_summary(TREND, WORDS), "from 60.0% to 62.0%"),
        (charts.cohort_curves_summary(COHORTS, WORDS), "37.0% order again"),
        (
            charts.tracking_summary(TRACKING, dt.date(2011, 9, 1), WORDS),
            "From 27 Aug 2011 to 18 Feb 2012 the model expected 238 repeat purchases; 250 were made.",
        ),
        (
            charts.calibration_summary(CALIBRATION, WORDS),
            "a risk of 30% was said, and 41% left; in 1 of 2 groups",
        ),
        (charts.ranking_summary(RANKING, WORDS), "Among the 20% of customers called most at risk are 36%"),
        (charts.compared_summary(COMPARED, WORDS), "The largest difference: tea, 40% against 10%."),
        (charts.risks_summary(RISKS, 60.0, WORDS), "110 customers of 245 have a risk of 60% or more."),
        (charts.gaps_summary(GAPS, 180, WORDS), "Proposed activity window: 180 days."),
        (charts.revenue_mix_summary(MIX, "EUR", WORDS), "70% from loyal"),
        (charts.markets_summary(MARKETS, WORDS), "Germany keeps the most (70%)"),
        (charts.rfm_grid_summary(RFM, WORDS), "81 customers order often and recently"),
        (charts.movement_summary(MOVEMENT, WORDS), "360 customers were won and 240 were lost"),
        (charts.bridge_summary(BRIDGE, "EUR", WORDS), "From €1,000 (Files) to €800 (Revenue)."),
        (
            charts.whatif_summary(WHATIF, "EUR", WORDS),
            "+10 points of retention would be worth €10,000 a year.",
        ),
        (charts.cohort_heat_summary(COHORTS, WORDS), "at most 37.0%"),
    ],
)
def test_every_chart_says_itself_in_a_sentence(said: str, expected: str) -> None:
    assert expected in said


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert steps(0, 97, 4) == [0, 25, 50, 75, 100]
    assert steps(-3, 7, 4) == [-5, 0, 5, 10]


def test_a_spark_line_needs_two_points() -> None:
    assert charts.spark([1]) == ""
    assert len(charts.spark([1, 3, 2]).split()) == 3


def test_every_colour_means_one_thing() -> None:
    named = COLOURS.named()
    assert len(set(named.values())) == len(named)
