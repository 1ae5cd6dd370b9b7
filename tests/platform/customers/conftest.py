"""Small shops to import, with the customers kept in the site's database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.lake import Lake
from regulars.platform.customers import api
from regulars.platform.site import Site
from regulars.sources import SourceFile, import_into

HEAD = "order_id,date,customer_id,email,name,phone,country,currency,total\n"
SHOP = (
    HEAD
    + "1,2026-01-05,c1,anna.berg@example.org,Änna Berg,+4930123456,DE,EUR,10.00\n"
    + "2,2026-02-05,c2,ola@example.org,Ola Ødegård,+4722334455,NO,EUR,20.00\n"
    + "3,2026-03-05,c1,anna.berg@example.org,Änna Berg,+4930123456,DE,EUR,30.00\n"
)


@pytest.fixture
def bring(site: Site, tmp_path: Path) -> Callable[..., Lake]:
    """`bring(csv, source="de")` imports a text as a file into the site's lake."""

    def into_the_lake(
        text: str = SHOP, *, source: str = "shop", name: str = "orders.csv", dry: bool = False
    ) -> Lake:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        lake = Lake.open(site.lake) if Lake.is_lake(site.lake) else Lake.create(site.lake)
        import_into(lake, [SourceFile(path, source)], resolver=api.resolver(), dry_run=dry)
        return lake

    return into_the_lake
