"""Every command, on files and on a lake."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import Result

from regulars.cli.main import COMMANDS

Answer = Callable[..., str]
Call = Callable[..., Result]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str, answer: Answer) -> None:
    said = answer(name, "--help")
    if "Commands:" in said:
        parts = [
            line.split()[0]
            for line in said.split("Commands:")[1].strip().splitlines()
            if line.startswith("  ")
        ]
        said = "".join(answer(name, part, "--help") for part in parts if part.isalpha())
    assert f"regulars {name}" in said
    assert "Example" in said


def test_help_answers_in_half_a_second() -> None:
    command = [str(Path(sys.executable).with_name("regulars")), "--help"]
    subprocess.run(command, check=True, capture_output=True)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.5


def test_a_mistyped_command_is_answered_with_the_nearest(regulars: Call) -> None:
    done = regulars("metrcs")
    assert done.exit_code == 2
    assert "'metrics'" in done.stderr


def test_files_and_their_lake_give_the_same_figures(shop: Path, lake: Path, answer: Answer) -> None:
    wanted = (
        "retention_rate",
        "--window",
        90,
        "--tz",
        "Europe/Oslo",
        "--period",
        "quarter",
        "--format",
        "csv",
    )
    from_files = answer("metrics", shop / "orders.csv", *wanted).splitlines()
    from_lake = answer(
        "metrics", "--lake", lake, *[w for w in wanted if w not in ("--tz", "Europe/Oslo")]
    ).splitlines()
    assert [line.split(",")[:6] for line in from_files] == [line.split(",")[:6] for line in from_lake]
    assert len(from_files) == 13


def test_json_rows_have_exactly_the_documented_keys(lake: Path, answer: Answer) -> None:
    rows = json.loads(answer("metrics", "--lake", lake, "churn_rate", "--by", "market", "--format", "json"))
    assert {tuple(row) for row in rows} == {
        ("metric", "period_start", "period_end", "dimensions", "value", "numerator", "denominator", "unit", "currency",
         "low", "high", "complete", "window_days", "definitions", "lake_version")
    }  # fmt: skip
    assert {row["dimensions"].get("market") for row in rows} == {None, "NO", "DE", "RO"}


def test_splitting_by_market_adds_up_to_the_total(lake: Path, answer: Answer) -> None:
    text = answer(
        "metrics", "--lake", lake, "orders", "--by", "market", "--period", "year", "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    for year in {row["period_start"] for row in rows}:
        of_year = [row for row in rows if row["period_start"] == year]
        parts = sum(float(row["value"] or 0) for row in of_year if row["market"])
        assert [float(row["value"]) for row in of_year if not row["market"]] == [parts]


def test_a_rule_limits_the_figures_to_who_matches(lake: Path, answer: Answer) -> None:
    plain = ("metrics", "--lake", lake, "orders", "--period", "year", "--format", "csv")
    everyone = list(csv.DictReader(io.StringIO(answer(*plain))))
    some = list(csv.DictReader(io.StringIO(answer(*plain, "--where", "country = NO"))))
    split = list(csv.DictReader(io.StringIO(answer(*plain, "--by", "country"))))
    norway = {row["period_start"]: row["value"] for row in split if row["country"] == "NO"}
    assert {row["period_start"]: row["value"] for row in some} == norway
    assert some != everyone


def test_segments_of_ones_own_can_be_split_by(lake: Path, answer: Answer) -> None:
    rules = ("--segment", "often=orders >= 3", "--segment", "once=orders = 1")
    text = answer(
        "metrics", "--lake", lake, "orders", "--by", "segment", *rules, "--period", "year", "--format", "csv"
    )
    assert {row["segment"] for row in csv.DictReader(io.StringIO(text))} >= {"often", "once", ""}


def test_sql_is_printed_instead_of_the_answer(lake: Path, answer: Answer) -> None:
    text = answer("metrics", "--lake", lake, "retention_rate", "--sql")
    assert text.startswith("-- retention_rate")
    assert "SELECT" in text


def test_parquet_goes_to_the_file_that_is_named(lake: Path, tmp_path: Path, answer: Answer) -> None:
    answer("metrics", "--lake", lake, "aov", "--output", tmp_path / "f.parquet")
    assert pq.read_table(tmp_path / "f.parquet").num_rows > 30


def test_rolling_periods_end_with_the_as_of_day(lake: Path, answer: Answer) -> None:
    text = answer(
        "metrics",
        "--lake",
        lake,
        "orders",
        "--rolling",
        "--period",
        "year",
        "--as-of",
        "2025-07-15",
        "--format",
        "csv",
    )
    ends = [row["period_end"] for row in csv.DictReader(io.StringIO(text))]
    assert ends[-1] == "2025-07-15"


def test_an_unknown_figure_is_answered_with_the_nearest(shop: Path, regulars: Call) -> None:
    done = regulars("metrics", shop / "orders.csv", "retention_rat")
    assert done.exit_code == 2
    assert "'retention_rate'" in done.stderr


def test_a_mistake_in_a_rule_is_pointed_at(lake: Path, regulars: Call) -> None:
    done = regulars("segments", "--lake", lake, "ordrs >= 3")
    assert done.exit_code == 2
    assert "ordrs >= 3\n  ^^^^^" in done.stderr


def test_segments_say_who_they_find_and_what_they_are_worth(lake: Path, answer: Answer) -> None:
    text = answer("segments", "--lake", lake, "orders >= 1", "orders >= 4", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[0]["share"], rows[0]["revenue_share"]) == ("100", "100")
    assert 0 < int(rows[1]["customers"]) < int(rows[0]["customers"])


def test_members_are_numbers_and_never_names(lake: Path, answer: Answer) -> None:
    text = answer("segments", "--lake", lake, "orders >= 4", "--members", "--format", "csv")
    assert "@" not in text
    assert all(row["customer"].isdigit() for row in csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("command", ["cohorts", "rfm", "whatif", "window", "bridge"])
def test_the_other_analyses_answer_as_table_json_and_csv(command: str, lake: Path, answer: Answer) -> None:
    assert len(answer(command, "--lake", lake).splitlines()) > 3
    assert json.loads(answer(command, "--lake", lake, "--format", "json"))
    assert list(csv.DictReader(io.StringIO(answer(command, "--lake", lake, "--format", "csv"))))


def test_cohorts_are_named_as_the_figures_name_their_periods(lake: Path, answer: Answer) -> None:
    said = answer("cohorts", "--lake", lake, "--period", "quarter", "--measure", "revenue", "--columns", 3)
    assert said.startswith(
        "Cohorts by first order: revenue per customer so far in EUR, by quarters since they began\n"
    )
    assert "\n2024 Q1 " in said
    rows = [line for line in said.splitlines() if line.startswith("202")]
    assert (
        len({len(row.rstrip("*")) for row in rows if not row.endswith("-")}) == 1
    )  # numbers end where numbers end


def test_the_bridge_adds_up_to_the_cent(shop: Path, answer: Answer) -> None:
    lines = json.loads(answer("bridge", shop / "orders.csv", "--format", "json"))
    running = None
    for line in lines:
        if line["kind"] == "total":
            assert running is None or round(running, 2) == round(line["amount"], 2)
            running = line["amount"]
        elif line["kind"] == "step":
            running += line["amount"]


def test_importing_again_changes_nothing(shop: Path, tmp_path: Path, answer: Answer) -> None:
    lake = tmp_path / "again.lake"
    answer("import", shop / "orders_no.csv", "--lake", lake)
    before = answer("metrics", "--lake", lake, "orders", "--period", "year", "--format", "csv")
    answer("import", shop / "orders_no.csv", "--lake", lake)
    after = answer("metrics", "--lake", lake, "orders", "--period", "year", "--format", "csv")
    assert [line.split(",")[:6] for line in before.splitlines()] == [
        line.split(",")[:6] for line in after.splitlines()
    ]


def test_a_dry_run_stores_nothing(shop: Path, tmp_path: Path, answer: Answer) -> None:
    said = answer("import", shop / "orders_no.csv", "--lake", tmp_path / "dry.lake", "--dry-run")
    assert "nothing was stored" in said
    assert list(tmp_path.iterdir()) == []


def test_definitions_are_set_as_a_version_of_their_own(
    shop: Path, tmp_path: Path, answer: Answer, regulars: Call
) -> None:
    lake = tmp_path / "d.lake"
    answer("import", shop / "orders_no.csv", "--lake", lake)
    answer("definitions", "set", "--lake", lake, "window_days=77", "currency=NOK")
    assert "window_days = 77" in answer("definitions", "show", "--lake", lake)
    assert "77" not in answer("definitions", "show", "--lake", lake, "--version", 1)
    assert "# window_days: proposed from the data\n" in answer(
        "definitions", "show", "--lake", lake, "--version", 1
    )
    assert "# window_days" not in answer("definitions", "show", "--lake", lake)
    assert regulars("definitions", "set", "--lake", lake, "windw=3").exit_code == 2


def test_an_old_answer_can_be_made_again_from_its_version(shop: Path, tmp_path: Path, answer: Answer) -> None:
    lake = tmp_path / "old.lake"
    wanted = ("metrics", "--lake", lake, "retention_rate", "--period", "quarter", "--format", "csv")
    answer("import", shop / "orders_no.csv", "--lake", lake)
    before = answer(*wanted)
    answer("import", "--source", f"ro={shop / 'orders_ro.csv'}", "--lake", lake)
    assert answer(*wanted) != before
    assert answer(*wanted, "--version", 1) == before


def test_a_file_that_is_not_there_is_an_error_in_words(regulars: Call) -> None:
    done = regulars("metrics", "nothing.csv")
    assert done.exit_code == 2
    assert "nothing.csv: there is no such file." in done.stderr


def test_files_cannot_be_given_to_spark(shop: Path, regulars: Call) -> None:
    done = regulars("metrics", shop / "orders.csv", "--engine", "nonsense")
    assert done.exit_code == 2
    assert "no engine" in done.stderr


def test_the_doctor_finds_nothing_broken(lake: Path, answer: Answer) -> None:
    assert "Nothing is broken." in answer("doctor", "--lake", lake)


def test_the_doctor_looks_at_every_optional_part(answer: Answer) -> None:
    said = answer("doctor")
    assert [part for part in ("Platform:", "Notebook:", "Spark:") if part not in said] == []


def test_the_doctor_says_how_to_mend_a_lake_that_is_none(tmp_path: Path, regulars: Call) -> None:
    done = regulars("doctor", "--lake", tmp_path)
    assert done.exit_code == 1
    assert "BROKEN  Lake" in done.stdout


AMBIGUOUS = "order_id,customer,date,total,currency\n1,a,03/04/2026,10,EUR\n2,b,02/05/2026,20,EUR\n3,a,04/03/2026,5,EUR\n"


@pytest.mark.parametrize(
    ("flag", "first", "last"),
    [
        ((), "2026-03-04", "2026-05-02"),
        (("--day-first",), "2026-03-04", "2026-05-02"),
        (("--month-first",), "2026-02-05", "2026-04-03"),
    ],
)
def test_a_flag_says_whether_the_day_or_the_month_stands_first(
    flag: tuple[str, ...], first: str, last: str, tmp_path: Path, answer: Answer
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(AMBIGUOUS, encoding="utf-8")
    said = answer("import", file, "--lake", tmp_path / "x.lake", "--dry-run", *flag)
    assert f"{first} to {last}" in said
    assert ("Otherwise: --month-first." in said) == (not flag)
    report = json.loads(answer("report", file, "--window", 30, "--json", "--no-predict", *flag))
    assert str(report[0]["summary"]["sources"][0]["first"]) == first


def test_a_flag_for_days_means_nothing_to_a_lake(lake: Path, regulars: Call) -> None:
    done = regulars("metrics", "--lake", lake, "aov", "--day-first")
    assert done.exit_code == 2
    assert "--month-first" in done.stderr


def test_the_summary_says_of_tax_only_what_is_known(tmp_path: Path, answer: Answer) -> None:
    head = "order_id,customer,date,total,tax,currency\n"
    lines = "".join(f"{n},c{n},2026-01-02,119,19,EUR\n" for n in range(1200))
    (tmp_path / "taxed.csv").write_text(head + lines + "x,c1,2026-01-03,50,0,EUR\n", encoding="utf-8")
    (tmp_path / "plain.csv").write_text(AMBIGUOUS, encoding="utf-8")
    lake = tmp_path / "x.lake"
    taxed = answer("import", tmp_path / "taxed.csv", "--lake", lake, "--dry-run")
    assert "  tax in prices: included in 1,200, no tax in 1 orders\n" in taxed
    assert "1,201 orders by 1,200 customers" in taxed
    assert "tax in" not in answer("import", tmp_path / "plain.csv", "--lake", lake, "--dry-run")


@pytest.mark.parametrize("command", ["cohorts", "rfm", "whatif", "bridge", "window"])
def test_an_analysis_shows_its_sql_instead_of_the_answer(command: str, lake: Path, answer: Answer) -> None:
    said = answer(command, "--lake", lake, "--window", 90, "--sql")
    assert said.startswith("-- query 1 of ")
    assert "SELECT" in said
    assert "Traceback" not in said


ORDERS_MAPPING = """
name = "shop"
{files}
[[facts]]
table = "orders"
[facts.columns]
order_id = "order id"
customer_id = "customer id"
local_day = {{ column = "date", pattern = "^(.{{10}})" }}
total = "total"
currency = "currency"
channel = "channel"
country = "shipping country"
"""
COSTS_MAPPING = """
[[facts]]
table = "costs"
file = "spent"
[facts.columns]
month = { column = "month", format = "%Y-%m" }
market = "market"
channel = "channel"
currency = "currency"
amount = { column = "amount", unit = "2" }
"""


@pytest.mark.parametrize(
    ("files", "more", "factor"),
    [
        ("", "", 1),
        ('[files]\norders = "orders*.csv"', "", 1),
        ('[files]\norders = "orders*.csv"\nspent = "costs*.csv"', COSTS_MAPPING, 2),
    ],
)
def test_costs_go_with_orders_that_a_mapping_describes(
    files: str, more: str, factor: int, shop: Path, tmp_path: Path, answer: Answer
) -> None:
    mapping = tmp_path / "shop.toml"
    mapping.write_text(ORDERS_MAPPING.format(files=files) + more, encoding="utf-8")
    asked = ("--costs", shop / "costs.csv", "--window", 90, "--period", "year", "--format", "json")
    known = json.loads(answer("metrics", shop / "orders.csv", "acquisition_cost_per_won_customer", *asked))
    found = json.loads(
        answer(
            "metrics", shop / "orders.csv", "acquisition_cost_per_won_customer", "--mapping", mapping, *asked
        )
    )
    assert [row["numerator"] for row in found] == [factor * row["numerator"] for row in known]
    assert any(row["numerator"] for row in found)
