"""An analysis that was put down and taken up again, as another process would, answers as the first did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.metrics import FIGURES, rfm
from regulars.metrics.analysis import Analysis
from regulars.metrics.cohorts import cohorts
from regulars.metrics.kept import is_kept, keep, take_up
from regulars.metrics.opening import open_lake_with
from regulars.metrics.segments import segment_members, segment_size
from regulars.sources import SourceFile, import_into
from support.shop import write

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
