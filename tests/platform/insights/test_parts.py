"""The parts of the report that a snapshot holds: the library's own answers, of the whole and of large markets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import regulars
from regulars.metrics import bridge, quality, rfm, whatif
from regulars.notebook.shop import Shop
from regulars.platform.insights import api
from regulars.platform.insights.api import parts
from regulars.platform.site import Site
from support.computed import small_lake

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def library() -> Iterator[Shop]:
    """The same facts, asked without the platform."""
    with regulars.open_lake(small_lake()) as opened:
        yield opened


def test_the_parts_of_the_whole_are_the_librarys(computed: Site, library: Shop) -> None:
    analysis = library.analysis
    assert parts.bridge() == bridge(analysis)
    assert parts.quality() == quality(analysis)
    assert parts.whatif() == whatif(analysis)
    found, expected = parts.groups(), rfm(analysis)
    assert found is not None
    assert (found.groups, found.cells, found.cuts) == (expected.groups, expected.cells, expected.cuts)


def test_a_market_has_parts_of_its_own_customers(computed: Site) -> None:
    info = api.current()
    assert info is not None
    germany = info.cohort_markets[0]
    rate = next(
        row for row in api.figure_rows("retention_rate", "rolling", germany) if row.period_end == info.as_of
    )
    worth, rhythm, best = parts.whatif(germany), parts.rhythm(germany), parts.best_customers(germany)
    assert worth is not None and rhythm is not None and best is not None
    assert (worth.kept_customers, worth.start_customers) == (rate.numerator, rate.denominator)
    whole = parts.rhythm()
    assert whole is not None
    assert 0 < rhythm.proposal.customers < whole.proposal.customers
    assert best.end == info.as_of


def test_the_groups_of_all_markets_are_those_of_the_whole(computed: Site) -> None:
    info, whole = api.current(), parts.groups()
    assert info is not None and whole is not None
    each = [found for code, _ in info.markets if (found := parts.groups(code)) is not None]
    for place, group in enumerate(whole.groups):
        of_it = [found.groups[place] for found in each]
        assert sum(one.customers for one in of_it) == group.customers
        assert sum(one.revenue for one in of_it) == group.revenue
        assert sum(one.orders for one in of_it) == group.orders
        assert sum(round((one.mean_recency_days or 0) * one.customers) for one in of_it) == round(
            (group.mean_recency_days or 0) * group.customers
        )


def test_what_stands_out_in_a_market_names_no_other(computed: Site) -> None:
    info = api.current()
    assert info is not None
    found: list[dict[str, Any]] = []
    for market in info.cohort_markets:
        told = parts.findings("en", market)
        assert told is not None
        found += told.findings
    assert found, "nothing stands out in any market: this holds of nothing"
    assert {one["kind"] for one in found}.isdisjoint({"market_apart", "guests", "unpaid"})


def test_a_small_market_has_none(computed: Site) -> None:
    assert parts.findings("en", "XX") is None
    assert parts.whatif("XX") is None
