"""Exchange rates: the last one within a week, fixed ones for ever, and never a sum without one."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from regulars.kernel.errors import InputError, MissingRateError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.fx import FIXED_RATES, SCHEMA, fx_factors, newest_rate
from regulars.lake.rates import read_rates, update_rates
from support.facts import given, order

HISTORY = "Date,USD,BGN,\n2030-01-04,1.2500,N/A,\n2030-01-02,1.1000,1.95,\n"


def factor(engine: DuckEngine, currency: str, day: str, to: str = "EUR", back: int = 7) -> Decimal | None:
    at = date.fromisoformat(day)
    rows = fx_factors(engine, [currency], to, at, at, back).to_pylist()
    return next((row["factor"] for row in rows if row["currency"] == currency), None)


def test_a_days_own_rate_counts(duck: DuckEngine) -> None:
    # ECB, 2024-01-02: 1 EUR = 1.0956 USD
    assert factor(duck, "USD", "2024-01-02") == Decimal("0.9127418766")
    assert factor(duck, "EUR", "2024-01-02", to="USD") == Decimal("1.0956")


def test_two_currencies_meet_over_the_euro(duck: DuckEngine) -> None:
    # ECB, 2024-01-02: 1 EUR = 11.2815 NOK = 0.86645 GBP
    found = factor(duck, "NOK", "2024-01-02", to="GBP")
    assert found == round(Decimal("0.86645") / Decimal("11.2815"), 10)


def test_a_weekend_takes_fridays_rate(duck: DuckEngine) -> None:
    assert factor(duck, "USD", "2024-01-07") == factor(duck, "USD", "2024-01-05")


def test_a_rate_older_than_the_limit_does_not_count(duck: DuckEngine) -> None:
    # The rouble's last rate is of 2022-03-01.
    assert factor(duck, "RUB", "2022-03-08") is not None
    assert factor(duck, "RUB", "2022-03-09") is None
    assert factor(duck, "RUB", "2022-03-09", back=8) is not None


@pytest.mark.parametrize(
    ("currency", "day", "units"),
    [("DEM", "1998-05-05", "1.95583"), ("HRK", "2026-06-01", "7.5345"), ("BGN", "2026-01-01", "1.95583")],
)
def test_fixed_rates_count_for_ever(duck: DuckEngine, currency: str, day: str, units: str) -> None:
    assert factor(duck, "EUR", day, to=currency) == Decimal(units)


def test_before_a_country_joined_the_days_rate_counts(duck: DuckEngine) -> None:
    assert factor(duck, "EUR", "2022-12-30", to="HRK") == Decimal("7.5365")


def test_fixed_rates_agree_with_the_last_market_rate(duck: DuckEngine) -> None:
    for currency, units, since in FIXED_RATES:
        if since > date(2001, 1, 1):
            last = factor(duck, "EUR", f"{since.year - 1}-12-31", to=currency)
            assert last is not None and abs(last / Decimal(units) - 1) < Decimal("0.001")


def test_the_reporting_currency_has_the_factor_one_on_every_day(duck: DuckEngine) -> None:
    rows = fx_factors(duck, [], "NOK", date(1990, 1, 1), date(1990, 1, 31))
    assert rows.schema.equals(SCHEMA)
    assert rows.column("factor").to_pylist() == [Decimal(1)] * 31


def test_an_order_without_a_rate_is_an_error_that_names_it(duck: DuckEngine) -> None:
    given(
        duck, "orders", [order("1", currency="GRD"), order("2", currency="XTS"), order("3", currency="XTS")]
    )
    with pytest.raises(MissingRateError, match="from XTS to EUR for 2 orders on 2024-01-01") as error:
        fx_factors(duck, ["GRD"], "EUR", date(2024, 1, 1), date(2024, 1, 1))
    assert "GRD" not in str(error.value)
    assert "Add the rates" in str(error.value)


def test_an_order_without_a_currency_is_an_error(duck: DuckEngine) -> None:
    given(duck, "orders", [order("1", currency=None)])
    with pytest.raises(MissingRateError, match="1 orders on 2024-01-01 have no currency"):
        fx_factors(duck, [], "EUR", date(2024, 1, 1), date(2024, 1, 1))


def test_rates_of_the_lake_win(duck: DuckEngine, tmp_path: Path) -> None:
    rates = tmp_path / "own.csv"
    rates.write_text("day,currency,per_euro\n2024-01-02,USD,2\n2024-01-02,XTS,4\n")
    lake = Lake.create(tmp_path / "lake")
    assert update_rates(lake, rates) == 1
    lake.bind(duck)
    assert factor(duck, "USD", "2024-01-02") == Decimal("0.5")
    assert factor(duck, "XTS", "2024-01-05") == Decimal("0.25")
    assert update_rates(lake, rates) == 1


def test_the_banks_own_files_are_read(tmp_path: Path) -> None:
    history, daily, packed = (tmp_path / name for name in ("hist.csv", "daily.csv", "hist.zip"))
    history.write_text(HISTORY)
    daily.write_text("Date, USD, BGN, \n02 January 2030, 1.1000, 1.9500, \n")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("eurofxref-hist.csv", HISTORY)
    rows = read_rates(history)
    assert rows.num_rows == 3
    assert read_rates(packed).equals(rows)
    assert read_rates(daily).to_pylist() == [r for r in rows.to_pylist() if r["day"] == date(2030, 1, 2)]


def test_a_file_that_holds_no_rates_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.csv"
    letter.write_text("name,town\nA,B\n")
    with pytest.raises(InputError, match="no exchange rates"):
        read_rates(letter)


def test_the_rates_that_ship_reach_far_enough() -> None:
    assert newest_rate() >= date(2026, 10, 30)
