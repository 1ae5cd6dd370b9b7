"""A small shop in a folder, a lake made of it, and the command to call on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from regulars.cli.main import app
from support.shop import write

Call = Callable[..., Result]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """orders.csv, one file a country, costs.csv, margin.csv and markets.toml."""
    folder = tmp_path_factory.mktemp("shop")
    write(folder, customers=250)
    return folder


@pytest.fixture(scope="session")
def lake(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's orders in a lake, by country as source."""
    path = tmp_path_factory.mktemp("lakes") / "shop.lake"
    sources = [f"--source={code}={shop / f'orders_{code}.csv'}" for code in ("no", "de", "ro")]
    done = CliRunner().invoke(app, ["import", "--lake", str(path), *sources])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def regulars() -> Call:
    """Call the command in this process; the result has `exit_code`, `stdout`, `stderr`."""

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def answer(regulars: Call) -> Callable[..., str]:
    """What the command prints, which must succeed."""

    def call(*arguments: object) -> str:
        done = regulars(*arguments)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return call
