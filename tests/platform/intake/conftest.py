"""An orders file like those that shops export."""

from __future__ import annotations

from pathlib import Path

import pytest

HEADER = "order_id,customer_id,email,amount,date,currency\n"
ROWS = [f"{n},c{n % 7},c{n % 7}@example.org,{10 + n},2026-01-{n % 28 + 1:02d},EUR\n" for n in range(1, 41)]


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "".join(ROWS))
    return path


@pytest.fixture
def odd_orders(tmp_path: Path) -> Path:
    """A file of which no column can be recognised by its name."""
    path = tmp_path / "odd.csv"
    rows = [f"N{n};K{n % 7};{10 + n},50;{n % 28 + 1:02d}.01.2026\n" for n in range(1, 41)]
    path.write_text("aa;bb;cc;dd\n" + "".join(rows))
    return path


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What higher contexts compute after an import is not asked for here."""
    from regulars.platform.core import events  # noqa: PLC0415 - after the platform is set up

    monkeypatch.setitem(events._SUBSCRIBERS, "lake.changed", ["intake.check"])
