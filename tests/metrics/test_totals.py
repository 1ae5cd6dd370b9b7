"""The whole is what its parts add up to, and is asked for by itself only where they do not."""

from __future__ import annotations

import regulars
from regulars.metrics import FIGURES
from regulars.metrics.figures import Row
from support.computed import small_lake


def _said(row: Row) -> tuple[object, ...]:
    return row.metric, row.period_start, row.dimensions, row.value, row.numerator, row.denominator, row.remark


def test_the_whole_beside_its_parts_is_the_whole_asked_for_by_itself() -> None:
    with regulars.open_lake(small_lake()) as shop:
        figures, calendar = list(FIGURES.values()), shop.analysis.calendar("quarter")
        alone = [_said(row) for row in shop.analysis.rows(figures, calendar)]
        for split in ("market", "channel", "acquisition_channel"):
            rows = shop.analysis.rows(figures, calendar, (split,), total=True)
            assert [_said(row) for row in rows if split not in dict(row.dimensions)] == alone, split


def test_rows_by_figure_are_the_rows() -> None:
    with regulars.open_lake(small_lake()) as shop:
        figures, calendar = list(FIGURES.values()), shop.analysis.calendar("quarter")
        apart = shop.analysis.rows_by_figure(figures, calendar, ("market",), total=True)
        found = {row for rows in apart for row in rows}
        assert found == set(shop.analysis.rows(figures, calendar, ("market",), total=True))


def test_buyers_by_the_market_of_their_orders_do_not_add_up() -> None:
    """Who bought in two markets is a buyer in both."""
    with regulars.open_lake(small_lake()) as shop:
        calendar = shop.analysis.calendar("year")
        rows = shop.analysis.rows([FIGURES["spend_by_tenure"], FIGURES["orders"]], calendar, ("market",))
        assert {row.metric: row.additive for row in rows} == {"spend_by_tenure": False, "orders": True}
