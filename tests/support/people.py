"""A few people who buy, import by import, into a site's lake, with their customers in the state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.utils import timezone

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.toml import to_toml
from regulars.metrics.kept import keep
from regulars.metrics.opening import open_lake_with
from regulars.platform.customers import api as customers
from regulars.platform.insights.listing import NAME, listing
from regulars.platform.insights.models import Snapshot
from regulars.platform.site import Site
from regulars.sources import LoadOptions, SourceFile, import_into

HEAD = "order_id,date,customer_id,email,name,phone,country,currency,total\n"
SHOP = (
    HEAD
    + "1,2026-01-05,c1,anna.berg@example.org,Änna Berg,+4930123456,DE,EUR,10.00\n"
    + "2,2026-02-05,c2,ola@example.org,Ola Ødegård,+4722334455,NO,EUR,20.00\n"
    + "3,2026-03-05,c1,anna.berg@example.org,Änna Berg,+4930123456,DE,EUR,30.00\n"
)
TICKETS = "ticket,at,who,state,topic\nT1,2026-03-06 10:00,c1,open,Late parcel\n"
TICKETS_MAPPING = """
name = "desk"
zone = "UTC"
[files]
tickets = "tickets.csv"
[[facts]]
table = "tickets"
file = "tickets"
[facts.columns]
ticket_id = "ticket"
at = "at"
customer_id = "who"
state = "state"
topic = "topic"
"""


def computed(site: Site) -> None:
    """Put the imported facts down as the current snapshot: what pages ask the engine, without the figures' pieces."""
    engine = DuckEngine()
    lake = Lake.open(site.lake)
    analysis = open_lake_with(
        lake, engine, replace(lake.definitions(), currency="EUR", window_days=90)
    ).analysis
    engine.put(NAME, analysis.run(listing(analysis)))
    keep(analysis, site.prepared / f"v{lake.version}", also=[NAME])
    engine.close()
    Snapshot.objects.filter(current=True).update(current=False)
    Snapshot.objects.create(
        lake_version=lake.version, definitions=f"v{lake.version}", program="test", as_of=analysis.as_of, current=True,
        state={"definitions": to_toml(analysis.definitions), "prepared": f"v{lake.version}"}, ready_at=timezone.now(),
    )  # fmt: skip


def imported(
    site: Site,
    folder: Path,
    text: str = SHOP,
    *,
    source: str = "shop",
    name: str = "orders.csv",
    dry: bool = False,
    mapping: str = "",
) -> Lake:
    """Import a text as a file; figures follow with `computed`."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    lake = Lake.open(site.lake) if Lake.is_lake(site.lake) else Lake.create(site.lake)
    options = LoadOptions()
    if mapping:
        said = folder / "mapping.toml"
        said.write_text(mapping, encoding="utf-8")
        options = LoadOptions(mapping=said)
    import_into(lake, [SourceFile(path, source)], resolver=customers.resolver(), dry_run=dry, options=options)
    path.unlink()
    return lake
