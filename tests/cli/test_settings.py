"""Markets, margins and plain settings from the command line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from regulars.cli.options import named_files
from regulars.cli.settings import definitions_with, read_margin, read_markets
from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import InputError


@pytest.mark.parametrize("text", ["0.4", "0,4", "40%", "40 %"])
def test_a_margin_is_a_share_or_a_percentage(text: str) -> None:
    assert read_margin(text).share == Decimal("0.4")


@pytest.mark.parametrize("text", ["40", "-0.1", "140%"])
def test_a_margin_outside_0_to_1_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not between 0 and 1"):
        read_margin(text)


def test_a_margin_file_may_be_by_market_with_semicolons(tmp_path: Path) -> None:
    file = tmp_path / "margin.csv"
    file.write_text("Market;Margin\nNO;0,42\nDE;38%\n", encoding="utf-8")
    assert read_margin(str(file)).by_market == (("NO", Decimal("0.42")), ("DE", Decimal("0.38")))


def test_a_margin_file_names_the_row_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "margin.csv"
    file.write_text("product,margin\nA,0.3\nB,much\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"margin.csv row 2: 'much' is no margin"):
        read_margin(str(file))


def test_a_margin_that_is_neither_share_nor_file_is_refused() -> None:
    with pytest.raises(InputError, match="neither a share nor a file"):
        read_margin("nothing.csv")


def test_an_empty_margin_file_says_what_it_should_have(tmp_path: Path) -> None:
    file = tmp_path / "margin.csv"
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="has a column 'margin'"):
        read_margin(str(file))


def test_a_market_takes_the_zone_of_its_first_country_unless_told(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(
        '[n]\ncountries=["NO","SE"]\n[d]\ncountries=["DE"]\nzone="Europe/Vienna"\n', encoding="utf-8"
    )
    assert [(m.code, m.zone) for m in read_markets(file)] == [("n", "Europe/Oslo"), ("d", "Europe/Vienna")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[n]\ncountries = ["NO"]\n[m]\ncountries = ["NO"]\n', "NO is in 'n' and in 'm'"),
        ('[n]\ncountries = ["XX"]\n', "'XX' is no country code"),
        ('[n]\nzone = "Europe/Oslo"\n', "names no countries"),
        ("[n\n", "no readable TOML"),
        ('[n]\ncountries = ["NO"]\nzone = "Mars/Olympus"\n', "no time zone"),
    ],
)
def test_a_markets_file_with_a_mistake_is_refused_in_words(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_markets(file)


def test_what_is_not_given_stays_what_it_was() -> None:
    known = Definitions(window_days=90, currency="NOK")
    assert definitions_with(known, currency="eur") == Definitions(window_days=90, currency="EUR")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(InputError, match="'EURO' is no currency"):
        definitions_with(Definitions(), currency="EURO")


def test_files_get_the_source_that_they_are_named_with() -> None:
    named = named_files([Path("a.csv")], ["no=b=c.csv"])
    assert named == [(Path("a.csv"), None), (Path("b=c.csv"), "no")]


def test_a_source_without_a_file_is_refused() -> None:
    with pytest.raises(InputError, match="names no file"):
        named_files(None, ["no"])
