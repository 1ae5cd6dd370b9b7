"""Definitions as TOML: everything comes back, and a mistake is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from regulars.kernel.definitions import Definitions, Margin, PaymentRule, SourceCoverage
from regulars.kernel.errors import InputError
from regulars.kernel.markets import Market
from regulars.lake.toml import from_toml, to_toml

FULL = Definitions(
    window_days=120,
    currency="NOK",
    zone="Europe/Oslo",
    markets=(Market("DACH", ("DE", "AT"), "Europe/Berlin"), Market("NO", ("NO",), "Europe/Oslo")),
    basis="orders",
    include_tax=True,
    payment_rules=(PaymentRule("while_recent", kind="invoice", days=14), PaymentRule("no")),
    margin=Margin(
        Decimal("0.4"), by_product=(('te "x" \\ ü', Decimal("0.125")),), by_market=(("NO", Decimal(0)),)
    ),
    coverage=(SourceCoverage("shop", date(2020, 1, 2), opened=True),),
    one_email_is_one_customer=False,
    house_accounts=("till@example.org", "tab\there"),
)


@pytest.mark.parametrize("definitions", [Definitions(), FULL, Definitions(payment_rules=())])
def test_definitions_come_back_as_they_were(definitions: Definitions) -> None:
    back = from_toml(to_toml(definitions))
    assert back == definitions
    assert back.digest() == definitions.digest()


def test_an_empty_file_means_the_defaults() -> None:
    assert from_toml("") == Definitions()


def test_numbers_may_be_written_as_numbers() -> None:
    assert from_toml("[margin]\nshare = 0.35\n").margin == Margin(Decimal("0.35"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("windw_days = 9", "There is no setting 'windw_days'.\nDid you mean window_days?"),
        ("window_days = '9'", "'window_days' is '9'.\nIt must be a whole number."),
        ("include_tax = 1", "'include_tax' is 1.\nIt must be true or false."),
        ("basis = 'order'", "'basis' is 'order'.\nIt must be one of auto, orders, subscriptions."),
        ("[[markets]]\ncode = 'DE'\ncountries = ['DE']", "'markets[1]' lacks zone."),
        ("[[markets]]\ncode = 'DE'\ncountries = 'DE'\nzone = 'UTC'", "'markets[1].countries' is 'DE'.\nIt must be a list."),
        ("[[payment_rules]]\ncounts = 'perhaps'", "'payment_rules[1].counts' is 'perhaps'."),
        ("[margin]\nshare = 'much'", "'margin.share' is 'much'.\nIt must be a number"),
        ("[[coverage]]\nsource = 'a'\nfirst = 'May'", "'coverage[1].first' is 'May'.\nIt must be a day"),
        ("markets = 3", "'markets' is 3.\nIt must be a list."),
        ("window_days = ", "This is no TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_would_be_right(text: str, what: str) -> None:
    with pytest.raises(InputError) as error:
        from_toml(text, where="definitions.toml")
    assert str(error.value).startswith(f"definitions.toml: {what}")
