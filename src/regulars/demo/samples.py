"""The files that the examples in the documentation use: a small made-up shop, the same on every run.

People have addresses under `.test`, a name that is reserved for such use (RFC 2606).
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from regulars.kernel.errors import ConflictError

FILES = (
    "orders.csv", "orders_no.csv", "orders_de.csv", "orders_ro.csv", "costs.csv", "margin.csv", "markets.toml",
)  # fmt: skip
FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
COUNTRIES = ("NO", "DE", "RO")
CATEGORIES = ("lamps", "tea", "blankets")


def put_into(folder: Path) -> tuple[Path, ...]:
    """Write the files, and say which. Raises ConflictError, before anything is written, where one is there already."""
    taken = [name for name in FILES if (folder / name).exists()]
    if taken:
        raise ConflictError(
            f"Already there: {', '.join(taken)}.",
            where=str(folder),
            do="Name another folder. Nothing was written.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    write(folder)
    return tuple(folder / name for name in FILES)


def write(folder: Path, customers: int = 700) -> None:
    """Write `FILES` into a folder: all orders, those of each country, costs, margins and groups of countries."""
    rows = _orders(random.Random(7), customers)
    _csv(folder / "orders.csv", rows)
    for country in COUNTRIES:
        of_country = [row for row in rows if row["shipping country"] == country]
        _csv(folder / f"orders_{country.lower()}.csv", of_country)
    _csv(folder / "costs.csv", _costs())
    _csv(
        folder / "margin.csv",
        [{"market": c, "margin": m} for c, m in zip(COUNTRIES, ("0.42", "0.38", "0.35"), strict=True)],
    )
    (folder / "markets.toml").write_text(
        '[nordics]\ncountries = ["NO", "SE", "DK"]\nzone = "Europe/Oslo"\n\n[dach]\ncountries = ["DE", "AT", "CH"]\n',
        encoding="utf-8",
    )


def _orders(chance: random.Random, customers: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for customer in range(1, customers + 1):
        country = chance.choices(COUNTRIES, (3, 4, 2))[0]
        leaves = {"NO": 0.2, "DE": 0.28, "RO": 0.4}[country]
        day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
        while day <= LAST:
            rows.append(
                {
                    "order id": "", "date": f"{day} {chance.randrange(8, 22):02}:{chance.randrange(60):02}:00",
                    "customer id": f"C{customer}", "email": f"person{customer}@mail.test",
                    "shipping country": country, "currency": "EUR", "channel": chance.choice(("web", "app", "store")),
                    "category": chance.choice(CATEGORIES), "total": f"{chance.uniform(15, 120):.2f}",
                }
            )  # fmt: skip
            if chance.random() < leaves:
                break
            day += timedelta(days=3 + int(chance.expovariate(1 / 55)))
    rows.sort(key=lambda row: str(row["date"]))
    return [{**row, "order id": 1000 + number} for number, row in enumerate(rows)]


def _costs() -> list[dict[str, object]]:
    return [
        {"month": f"{year}-{month:02}", "channel": channel, "market": country, "purpose": "acquisition",
         "amount": amount, "currency": "EUR"}
        for year in (2023, 2024, 2025)
        for month in range(1, 13)
        for channel, amount in (("web", 180), ("app", 90))
        for country in COUNTRIES
    ]  # fmt: skip


def _csv(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
