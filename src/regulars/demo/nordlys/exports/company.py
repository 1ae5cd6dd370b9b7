"""What the company keeps in its own sheets: margins by category, and what was spent by month, market and channel."""

from __future__ import annotations

import csv
from pathlib import Path

from regulars.demo.nordlys.stores import FIRST_DAY, LAST_DAY, MARGINS
from regulars.kernel.periods import standard

# Channels are called as the store's own export calls them.
# market: currency, monthly spend on acquisition by channel, and on keeping customers (newsletter), in whole units.
SPEND = {
    "NO": ("NOK", {"web": 62_000, "instagram": 31_000}, 9_000),
    "DE": ("EUR", {"checkout": 7_200, "social": 2_900}, 1_100),
    "AT": ("EUR", {"checkout": 1_500, "social": 700}, 250),
    "RO": ("RON", {"web": 14_000, "social": 9_500}, 1_400),
    "BR": ("BRL", {"web": 11_000, "social": 12_500}, 1_200),
}


def margin(folder: Path) -> Path:
    """`category,margin`."""
    return _write(folder / "margins.csv", ("category", "margin"), [list(pair) for pair in MARGINS.items()])


def costs(folder: Path) -> Path:
    """`month,market,channel,purpose,currency,amount`; advertising costs a fifth more in November."""
    rows: list[list[object]] = []
    for period in standard("month", FIRST_DAY, LAST_DAY):
        for market, (currency, channels, keeping) in SPEND.items():
            for channel, amount in channels.items():
                spent = amount * 6 // 5 if period.start.month == 11 else amount
                rows.append([period.start.isoformat(), market, channel, "acquisition", currency, spent])
            rows.append([period.start.isoformat(), market, "newsletter", "retention", currency, keeping])
    return _write(folder / "costs.csv", ("month", "market", "channel", "purpose", "currency", "amount"), rows)


def _write(path: Path, header: tuple[str, ...], rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path
