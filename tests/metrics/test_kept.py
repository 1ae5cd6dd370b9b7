"""An analysis that was put down and taken up again, as another process would, answers as the first did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import TABLES
from regulars.metrics import FIGURES, rfm, whatif
from regulars.metrics.analysis import Analysis
from regulars.metrics.cohorts import cohorts
from regulars.metrics.kept import is_kept, keep, take_up
from regulars.metrics.opening import open_lake_with
from regulars.metrics.segments import segment_members, segment_size
from regulars.sources import SourceFile, import_into
from support.facts import given
from support.shop import write
from support.tiny import bought

RULE = "orders >= 3 and orders(channel = web) >= 1 and country in (DE, NO)"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A small shop with a second currency, so that exchange rates are needed."""
    folder = tmp_path_factory.mktemp("kept")
    write(folder, customers=80)
    in_crowns = (folder / "orders_no.csv").read_text().replace("EUR", "NOK")
    (folder / "orders_no.csv").write_text(in_crowns)
    made = Lake.create(folder / "lake")
    files = [SourceFile(folder / f"orders_{country}.csv", country) for country in ("no", "de", "ro")]
    import_into(made, files, definitions=made.definitions())
    return made


@pytest.fixture(scope="module")
def analysis(lake: Lake) -> Iterator[Analysis]:
    engine = DuckEngine()
    yield open_lake_with(lake, engine, Definitions(currency="EUR")).analysis
    engine.close()


@pytest.fixture
def folder(analysis: Analysis, tmp_path: Path) -> Path:
    analysis.engine.put("webbed", analysis.run(segment_members(analysis, RULE)))
    keep(analysis, tmp_path / "kept", also=["webbed"])
    return tmp_path / "kept"


@pytest.fixture
def again(lake: Lake, analysis: Analysis, folder: Path, duck: DuckEngine) -> Analysis:
    lake.bind(duck, analysis.lake_version)
    return take_up(folder, duck, analysis.definitions)


def test_every_figure_is_the_same(analysis: Analysis, again: Analysis) -> None:
    figures = tuple(FIGURES.values())
    for by in ((), ("market",)):
        assert again.rows(figures, again.calendar("quarter"), by) == analysis.rows(
            figures, analysis.calendar("quarter"), by
        )


def test_cohorts_rfm_and_rules_are_the_same(analysis: Analysis, again: Analysis) -> None:
    assert cohorts(again, "quarter") == cohorts(analysis, "quarter")
    assert rfm(again) == rfm(analysis)
    assert segment_size(again, RULE) == segment_size(analysis, RULE) > 0


def test_what_was_prepared_is_not_computed_again(again: Analysis) -> None:
    rfm(again)
    kinds = again.engine.con.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_name = 'customer_base'"
    )  # type: ignore[attr-defined]
    assert kinds.fetchall() == [("VIEW",)]


def test_tables_of_ones_own_are_kept_too(analysis: Analysis, again: Analysis) -> None:
    found = again.engine.con.execute("SELECT count(*) FROM webbed").fetchone()  # type: ignore[attr-defined]
    assert found == (segment_size(analysis, RULE),)


def test_one_market_alone_has_its_own_cohorts_and_they_add_up(
    lake: Lake, analysis: Analysis, folder: Path
) -> None:
    sizes: dict[str, int] = {}
    for market in ("NO", "DE", "RO"):
        engine = DuckEngine()
        lake.bind(engine, analysis.lake_version)
        alone = take_up(folder, engine, analysis.definitions, market=market)
        found = cohorts(alone, "quarter", measure="revenue")
        assert sum(cohort.size for cohort in found.cohorts) == segment_size(
            analysis, f"orders >= 1 and market = {market}"
        )
        for cohort in found.cohorts:
            sizes[cohort.key] = sizes.get(cohort.key, 0) + cohort.size
        engine.close()
    assert sizes == {cohort.key: cohort.size for cohort in cohorts(analysis, "quarter").cohorts}


def _alone(folder: Path, market: str, **tables: list[dict[str, Any]]) -> tuple[Analysis, Analysis]:
    """An analysis of these facts, and that of a market's customers alone which was taken up from what it kept."""
    engines = DuckEngine(), DuckEngine()
    for engine in engines:
        for name, table in TABLES.items():
            if name in tables:
                given(engine, name, tables[name])
            else:
                engine.bind(table, [])
    whole = Analysis.of(engines[0], Definitions(window_days=90, currency="EUR"))
    keep(whole, folder)
    return whole, take_up(folder, engines[1], whole.definitions, market=market)


def _subscribed(customer: int, market: str) -> dict[str, Any]:
    return {
        "source": "shop", "subscription_id": f"s{customer}", "customer": customer, "started_day": date(2024, 1, 10),
        "amount": Decimal(10), "currency": "EUR", "interval_months": 1, "state": "active", "market": market,
    }  # fmt: skip


def test_who_subscribes_is_of_the_market_without_an_order(tmp_path: Path) -> None:
    subscriptions = [_subscribed(number, "DE" if number <= 5 else "NO") for number in range(1, 8)]
    orders = [
        bought(1, "2024-02-01", market="NO"),
        bought(9, "2024-03-01"),
        bought(8, "2024-06-30", market="NO"),
    ]
    whole, alone = _alone(tmp_path / "kept", "DE", orders=orders, subscriptions=subscriptions)
    figures, months = (FIGURES["customers_at_start"], FIGURES["retention_rate"]), whole.calendar("month")
    by_market = whole.rows(figures, months, ("market",))
    of_it = [row for row in by_market if dict(row.dimensions) == {"market": "DE"}]
    assert max(row.value or 0 for row in of_it) == 100 and of_it[5].value == 5
    assert [replace(row, dimensions=()) for row in of_it] == alone.rows(figures, months)
    # Who only orders is at home where the first order was: nobody is lost between the markets.
    assert sum(cohort.size for cohort in cohorts(alone).cohorts) == 2


def test_a_market_is_covered_as_the_sources_of_its_orders_are(tmp_path: Path) -> None:
    german = [
        bought(1, f"{year}-{month:02}-01", source="de") for year in (2021, 2022, 2023) for month in (1, 5, 9)
    ]
    norse = [bought(2, f"2023-{month:02}-01", source="no", market="NO") for month in (11, 12)]
    orders = [
        *german,
        bought(1, "2023-12-31", source="de"),
        *norse,
        bought(2, "2023-12-31", source="no", market="NO"),
    ]
    whole, alone = _alone(tmp_path / "kept", "DE", orders=orders)
    figures, years = (FIGURES["retention_rate"],), whole.calendar("year")
    of_it = [
        row for row in whole.rows(figures, years, ("market",)) if dict(row.dimensions) == {"market": "DE"}
    ]
    assert [row.complete for row in of_it] == [False, True, True]
    assert [row.complete for row in alone.rows(figures, years)] == [False, True, True]
    assert not whatif(whole).complete and whatif(alone).complete


def test_other_definitions_are_refused(
    lake: Lake, analysis: Analysis, folder: Path, duck: DuckEngine
) -> None:
    lake.bind(duck)
    with pytest.raises(ValueError, match="other definitions"):
        take_up(folder, duck, replace(analysis.definitions, window_days=1))


def test_a_folder_that_is_whole_is_left_and_one_that_is_not_is_replaced(
    analysis: Analysis, folder: Path
) -> None:
    before = (folder / "analysis.json").stat().st_mtime_ns
    keep(analysis, folder)
    assert (folder / "analysis.json").stat().st_mtime_ns == before
    (folder / "analysis.json").unlink()
    assert not is_kept(folder)
    keep(analysis, folder)
    assert is_kept(folder)
    shutil.rmtree(folder)
    assert not is_kept(folder)
