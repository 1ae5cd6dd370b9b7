"""`regulars recommend` and `regulars pairs`: on the screen, for everyone in a file, and what to say without lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from support.basket_shop import CUSTOMERS, lines

Answer = Callable[..., str]


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(lines(), encoding="utf-8")
    return path


def test_it_says_what_to_offer_why_and_how_good_that_is(answer: Answer, orders: Path) -> None:
    told = answer("recommend", orders, "--number", 3)
    assert "the first 5 of 90 customers" in told and "Coffee beans" in told and "bought_before" in told
    assert "recall@3" in told and "by what each buys most often" in told


def test_a_basket_is_answered_with_what_goes_with_it(answer: Answer, orders: Path) -> None:
    told = json.loads(answer("recommend", orders, "--basket", "CUP,COF", "--not-tested", "--format", "json"))
    rows = told if isinstance(told, list) else told["rows"]
    (saucer,) = (row for row in rows if row["product"] == "SAU")
    assert (saucer["name"], saucer["reason"], saucer["because"]) == ("Red saucer", "bought_with", "CUP")
    assert not {"CUP", "COF"} & {row["product"] for row in rows}


def test_a_file_has_everyone_and_nothing_that_is_never_to_be_offered(
    answer: Answer, orders: Path, tmp_path: Path
) -> None:
    answer("recommend", orders, "--not-tested", "--never", "CUP", "--output", tmp_path / "offers.parquet")
    written = pq.read_table(tmp_path / "offers.parquet")
    assert len(set(written["customer"].to_pylist())) == CUSTOMERS
    assert "CUP" not in written["product"].to_pylist() and "score" not in written.column_names


def test_pairs_are_beyond_chance_and_can_be_those_of_one_product(answer: Answer, orders: Path) -> None:
    told = answer("pairs", orders, "--product", "CUP")
    assert "Red saucer" in told and "Coffee" not in told.splitlines()[-1]


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [("recommend", ("--basket", "XX", "--not-tested"), "Nobody has bought XX"),
     ("recommend", ("--basket", "CUP", "--visitor"), "ask different things"),
     ("pairs", ("--product", "XX"), "Nobody has bought XX"),
     ("pairs", ("--sql",), "no single query")],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(
    regulars: Callable[..., object], orders: Path, command: str, options: tuple[str, ...], said: str
) -> None:
    done = regulars(command, orders, *options)
    assert done.exit_code == 2 and said in done.stderr  # type: ignore[attr-defined]


def test_orders_without_lines_are_refused_with_what_to_bring(
    regulars: Callable[..., object], shop: Path
) -> None:
    for command in ("recommend", "pairs"):
        done = regulars(command, shop / "orders.csv")
        assert done.exit_code == 2 and "a row for each product" in done.stderr  # type: ignore[attr-defined]
