"""Lines over time as pictures."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation

from regulars.platform.web.lines import MEDIUM, NARROW, WIDE, Graph, Line, Point, draw, picture
from regulars.platform.web.templatetags.regulars import exact

POINTS = tuple(Point(float(i), float(value), f"{value} then") for i, value in enumerate((10, 30, 20)))
GRAPH = Graph(
    (Line(POINTS, "20"),),
    ((0.0, "then"), (2.0, "now")),
    lambda value: f"{value:.0f}",
    "Orders",
    "From 10 to 20.",
)


def test_there_is_one_for_each_room_and_names_are_not_given_twice() -> None:
    shown = str(picture(GRAPH))
    assert [shown.count(f'width="{width}"') for width in (WIDE, MEDIUM, NARROW)] == [1, 1, 1]
    assert [shown.count(f'id="{name}-t"') for name in ("line", "line-column", "line-phone")] == [1, 1, 1]


def test_every_point_says_its_sentence() -> None:
    assert draw(GRAPH, WIDE, "line").count("data-says=") == 3


def test_a_line_of_context_has_its_name_beside_that_of_the_main_one() -> None:
    target = Line((Point(0.0, 20.0, ""), Point(2.0, 20.0, "")), "21", quiet=True)
    shown = draw(replace(GRAPH, lines=(*GRAPH.lines, target)), WIDE, "line")
    heights = [
        part.split('y="')[1].split('"')[0]
        for part in shown.split("<text ")
        if ">20</text>" in part or ">21</text>" in part
    ]
    assert len(heights[-2:]) == 2 and abs(float(heights[-1]) - float(heights[-2])) >= 15


def test_amounts_below_each_other_have_all_decimals_of_their_currency() -> None:
    with translation.override("en"):
        assert [exact(1728, "GBP"), exact("79.2", "GBP"), exact(1728, "JPY")] == [
            "£1,728.00",
            "£79.20",
            "JP¥1,728",
        ]
