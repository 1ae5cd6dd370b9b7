"""Costs feed facts; margins and markets set definitions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.kernel.errors import InputError
from regulars.sources import read_margin, read_markets


def test_two_costs_of_a_month_and_channel_are_two_and_a_later_file_replaces_them(run, write):
    orders = write("orders.csv", "order_id,customer_id,date,amount,currency\n1,a,2026-01-01,10,NOK\n")
    head = "month,channel,amount,currency\n"
    costs = write("costs.csv", head + "2026-01,ads,10,NOK\n2026-01,ads,20,NOK\n2026-01,mail,5,NOK\n")
    later = write("later.csv", head + "2026-01,ads,11,NOK\n2026-01,ads,22,NOK\n")
    assert run(orders, costs).one("SELECT count(*), sum(amount) FROM costs") == (3, Decimal(35))
    assert run(orders, costs, later).one("SELECT count(*), sum(amount) FROM costs") == (3, Decimal(38))


def test_costs_cover_their_month(run, write):
    orders = write("orders.csv", "order_id,customer_id,date,amount,currency\n1,a,2026-02-03,5,NOK\n")
    costs = write("costs.csv", "month,channel,market,amount,currency\n2026-02,ads,NO,120.50,NOK\n")
    row = run(orders, costs).one(
        "SELECT first_day::VARCHAR, last_day::VARCHAR, amount, purpose, market FROM costs"
    )
    assert row == ("2026-02-01", "2026-02-28", Decimal("120.5"), "acquisition", "NO")


def test_a_margin_is_a_share_or_a_file(write):
    assert read_margin("40 %").share == Decimal("0.4")
    file = write("margin.csv", "category,margin\nHats,0.5\nMugs,25%\n")
    assert read_margin(str(file)).by_category == (("Hats", Decimal("0.5")), ("Mugs", Decimal("0.25")))
    with pytest.raises(InputError, match="between -1 and 1"):
        read_margin("40")


def test_markets_group_countries(write):
    (dach,) = read_markets(write("markets.csv", "market,country\nDACH,DE\nDACH,Austria\n"))
    assert (dach.code, dach.countries, dach.zone) == ("DACH", ("DE", "AT"), "Europe/Berlin")
