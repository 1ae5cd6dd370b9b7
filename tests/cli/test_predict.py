"""`regulars predict`: whom to look after first, everyone in a file, kept in the lake."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.sources.identity.resolver import LocalResolver

Answer = Callable[..., str]


@pytest.fixture
def own_lake(lake: Path, tmp_path: Path) -> Path:
    shutil.copytree(lake, tmp_path / "shop.lake")
    return tmp_path / "shop.lake"


def test_it_shows_whom_to_look_after_first_and_how_good_that_is(answer: Answer, shop: Path) -> None:
    told = answer("predict", shop / "orders.csv", "--tested", 1)
    assert "Whom to look after first" in told and "last order" in told
    assert "by chance it would have been" in told


def test_reasons_come_in_the_language_asked_for(answer: Answer, shop: Path) -> None:
    told = answer("predict", shop / "orders.csv", "--tested", 0, "--lang", "de")
    assert "letzte Bestellung" in told


def test_a_file_has_everyone(answer: Answer, shop: Path, tmp_path: Path) -> None:
    answer("predict", shop / "orders.csv", "--tested", 0, "--output", tmp_path / "scores.parquet")
    written = pq.read_table(tmp_path / "scores.parquet")
    assert len(written) == 250 and {"predicted_clv", "churn_probability", "reason_1"} <= set(
        written.column_names
    )


def test_kept_twice_it_is_kept_once(answer: Answer, own_lake: Path) -> None:
    for _ in range(2):
        answer("predict", "--lake", own_lake, "--tested", 0, "--keep")
    lake, engine = Lake.open(own_lake), DuckEngine()
    lake.bind(engine, lake.version)
    rows = engine.con.execute(
        "SELECT count(*), count(DISTINCT (customer, day, model)) FROM scores"
    ).fetchall()[0]
    engine.close()
    assert rows[0] == rows[1] > 0


def test_files_keep_nothing_and_say_so(regulars: Callable[..., object], shop: Path) -> None:
    done = regulars("predict", shop / "orders.csv", "--keep")
    assert done.exit_code == 2 and "only a lake keeps predictions" in done.stderr  # type: ignore[attr-defined]


def test_the_lake_of_a_site_is_left_to_the_site(regulars: Callable[..., object], own_lake: Path) -> None:
    before = Lake.open(own_lake).version
    beside = LocalResolver.beside(own_lake).path
    beside.with_name(f"{beside.name}.adopted").touch()
    done = regulars("predict", "--lake", own_lake, "--tested", 0, "--keep")
    assert done.exit_code == 2 and "belongs to a site" in done.stderr  # type: ignore[attr-defined]
    assert Lake.open(own_lake).version == before
