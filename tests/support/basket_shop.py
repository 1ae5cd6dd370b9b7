"""A small shop whose orders say what was bought: coffee every month, cups with saucers, a lamp once; in three markets."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.platform.site import Site


HEAD = "order id,date,customer id,email,country,currency,sku,product name,category,quantity,price\n"
NAMES = {
    "COF": ("Coffee beans", "Food", 9), "CUP": ("Red cup", "Table", 6), "SAU": ("Red saucer", "Table", 4), "LAMP": ("Lamp", "Home", 40),
    "TEA": ("Green tea", "Food", 7), "JAR": ("Jam jar", "Home", 3), "BIG": ("Large cup", "Table", 9), "OLD": ("Old candle", "Home", 5),
}  # fmt: skip
CUSTOMERS = 90
LAST = date(2026, 1, 31)


def lines(customers: int = CUSTOMERS) -> str:
    """The export: one row a line. Customer 1 drinks coffee every 30 days, the last time 20 days before the end."""
    chance = random.Random(11)
    rows: list[str] = []
    number = 1000
    for who in range(1, customers + 1):
        country = ("DE", "NO", "RO")[who % 3]
        day = LAST - timedelta(days=20 if who == 1 else chance.randrange(5, 60))
        for visit in range(8 if who == 1 else chance.randrange(2, 9)):
            basket = {"COF"}
            if visit % 2 and who != 1:
                basket |= {"CUP", "SAU"} if chance.random() < 0.6 else {chance.choice(("TEA", "JAR", "LAMP"))}
            if visit == 0 and who % 4 == 0:
                basket.add("BIG")
            if day < LAST - timedelta(days=200) and who > 1 and chance.random() < 0.3:
                basket.add("OLD")
            number += 1
            for code in sorted(basket):
                name, category, price = NAMES[code]
                rows.append(
                    f"{number},{day},C{who:03},p{who}@mail.test,{country},EUR,{code},{name},{category},{1 + who % 2},{price}.00"
                )
            day -= timedelta(days=30)
    return HEAD + "\n".join(rows) + "\n"


def with_baskets(site: Site, folder: Path) -> Site:
    """Import the shop into a site and put its snapshot down; recommendations are not made yet."""
    from support.people import imported  # noqa: PLC0415 - Django must be set up before

    imported(site, folder, lines(), name="lines.csv")
    snapshot_of(site)
    return site


def snapshot_of(site: Site) -> None:
    """Put down the snapshot of what was imported, with what pages say of the shop."""
    from regulars.platform.insights.models import Snapshot  # noqa: PLC0415 - see above
    from support.people import computed  # noqa: PLC0415 - see above

    computed(site)
    snapshot = Snapshot.objects.get(current=True)
    snapshot.state |= {
        "currency": "EUR",
        "markets": [[market, CUSTOMERS // 3] for market in ("DE", "NO", "RO")],
    }
    snapshot.save()
