"""A shop whose only orders are of today: nothing can be said of any whole day yet, and every page says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.platform.core.api import Running
from regulars.platform.insights.compute import compute
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from regulars.sources import SourceFile, import_into

pytestmark = pytest.mark.django_db
_PAGES = (
    "/", "/overview", "/overview/money", "/overview/bridge", "/retention", "/retention?tab=cohorts", "/retention?tab=gaps",
    "/retention?tab=worth", "/markets", "/figures", "/figures/retention_rate", "/figures/spend_by_tenure", "/customers",
    "/segments", "/segments/groups", "/data", "/data/quality",
)  # fmt: skip


class _Quiet(Running):
    def progress(self, step: str, share: float | None = None) -> None:
        """Nobody looks."""


def test_every_page_answers(site: Site, signed_in: Callable[..., Client], tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    file.write_text(f"order_id,customer_id,ordered_at,total,currency,country\n1,7,{now},10.00,EUR,DE\n")
    lake = Lake.create(site.lake)
    lake.set_definitions(Definitions(currency="EUR"))
    import_into(lake, [SourceFile(file, "shop")], definitions=lake.definitions())
    compute(_Quiet(0, {}, None, 1))
    client = signed_in()
    for page in _PAGES:
        for period in ("", "month", "quarter", "year"):
            address = f"{page}{'&' if '?' in page else '?'}period={period}" if period else page
            assert client.get(address).status_code == 200, address
    close_readers()
