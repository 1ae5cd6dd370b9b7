"""Asking the engine from a page: at once, within limits, always the newest snapshot."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.utils import timezone

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import RuleError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.toml import to_toml
from regulars.metrics.kept import keep
from regulars.metrics.opening import open_lake_with
from regulars.metrics.segments import segment_size
from regulars.platform.insights import reading
from regulars.platform.insights.models import Snapshot
from regulars.platform.insights.reading import NothingYet, TooSlow, asking
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db


def _snapshot(site: Site, window: int) -> Snapshot:
    """The lake put down under a window, as the current snapshot."""
    engine = DuckEngine()
    definitions = Definitions(currency="EUR", window_days=window)
    analysis = open_lake_with(Lake.open(site.lake), engine, definitions).analysis
    keep(analysis, site.prepared / f"w{window}")
    engine.close()
    Snapshot.objects.filter(current=True).update(current=False)
    return Snapshot.objects.create(
        lake_version=analysis.lake_version, definitions=f"w{window}", program="test", as_of=analysis.as_of,
        state={"definitions": to_toml(analysis.definitions), "prepared": f"w{window}"},
        ready_at=timezone.now(), current=True,
    )  # fmt: skip


def test_without_a_snapshot_there_is_nothing_yet(site: Site) -> None:
    with pytest.raises(NothingYet), asking():
        pass


def test_a_rule_is_answered_and_a_new_snapshot_replaces_the_readers(shop: Site) -> None:
    _snapshot(shop, 90)
    with asking() as analysis:
        assert analysis.window == 90
        assert segment_size(analysis, "orders >= 1") == 250
    _snapshot(shop, 120)
    with asking() as analysis:
        assert analysis.window == 120


def test_a_reader_is_used_again_also_after_a_mistake_in_a_rule(shop: Site) -> None:
    _snapshot(shop, 90)
    with pytest.raises(RuleError), asking() as first:
        segment_size(first, "ordrs >= 1")
    with asking() as second:
        assert second is first


def test_what_takes_too_long_is_stopped_and_the_reader_still_works(shop: Site) -> None:
    _snapshot(shop, 90)
    with asking():
        pass
    with pytest.raises(TooSlow), asking(seconds=0.2) as analysis:
        analysis.engine.con.execute("SELECT count(*) FROM range(10000000000) a, range(1000) b").fetchall()  # type: ignore[attr-defined]
    with asking() as analysis:
        assert segment_size(analysis, "orders >= 1") == 250


def test_what_begins_after_the_limit_is_stopped_too(shop: Site) -> None:
    _snapshot(shop, 90)
    with pytest.raises(TooSlow), asking(seconds=0.1) as analysis:
        threading.Event().wait(0.3)
        analysis.engine.con.execute("SELECT count(*) FROM range(10000000000) a, range(1000) b").fetchall()  # type: ignore[attr-defined]


def test_only_so_many_ask_at_once_and_who_waits_too_long_is_told(shop: Site) -> None:
    snapshot = _snapshot(shop, 90)
    with asking(snapshot=snapshot) as one, asking(snapshot=snapshot) as two:
        assert one is not two
        with pytest.raises(TooSlow), asking(snapshot=snapshot, seconds=0.05):
            pass
    with asking(snapshot=snapshot):
        pass


def test_a_lake_whose_version_is_gone_says_that_there_is_nothing_yet(shop: Site) -> None:
    snapshot = _snapshot(shop, 90)
    Lake.open(shop.lake).set_definitions(replace(Definitions(currency="EUR"), zone="Europe/Oslo"))
    Lake.open(shop.lake).vacuum(keep=1)
    with pytest.raises(NothingYet), asking(snapshot=snapshot):
        pass


def test_readers_share_the_memory_that_is_allowed() -> None:
    assert reading._part_of("400MB") == "200MB"
    assert reading._part_of("1.5 GB") == "0.75GB"
