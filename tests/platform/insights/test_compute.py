"""The snapshot that pages read: what the library says, shown whole or not at all."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from django.utils import timezone

import regulars
from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.metrics.cohorts import cohorts
from regulars.metrics.figures import Row
from regulars.metrics.segments import segment_size
from regulars.notebook.shop import Shop
from regulars.platform.core import jobs
from regulars.platform.core.api import Job, Reach, Running, Stopped, publish, start_job
from regulars.platform.insights import api, compute
from regulars.platform.insights.compute import PROGRAM
from regulars.platform.insights.models import Piece, Snapshot
from regulars.platform.site import Site
from support.computed import CUSTOMERS, small_lake

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]


@pytest.fixture(scope="module")
def library() -> Iterator[Shop]:
    """The same facts, asked without the platform."""
    with regulars.open_lake(small_lake()) as opened:
        yield opened


def _said(row: Row) -> tuple[object, ...]:
    plain = row.as_json()
    return tuple(
        plain[name]
        for name in (
            "period_start",
            "value",
            "numerator",
            "denominator",
            "low",
            "high",
            "complete",
            "unit",
            "currency",
        )
    )


def test_every_figure_is_the_librarys_in_every_market_and_in_all(computed: Site, library: Shop) -> None:
    info = api.current()
    assert info is not None
    assert [code for code, _ in info.markets] == ["DE", "NO", "RO"]
    for grain in api.GRAINS:
        expected = library.figures(period=grain, by="market").rows
        slugs = {row.metric for row in expected}
        for market in (None, "DE", "RO"):
            found = api.figures_rows(slugs, grain, market)
            for slug in slugs:
                own = [
                    row
                    for row in expected
                    if row.metric == slug and dict(row.dimensions).get("market") == market
                ]
                assert [_said(row) for row in found[slug]] == [_said(row) for row in own], (slug, market)


def test_a_page_of_figures_is_one_query(
    computed: Site, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = api.figures_rows(["retention_rate", "orders"], "quarter", "DE")
    assert all(found.values())


def test_triangles_are_the_librarys(computed: Site, library: Shop) -> None:
    found = api.cohort_piece("quarter", None, "customers")
    assert found is not None
    whole = cohorts(library.analysis, "quarter")
    assert [(c["key"], c["size"]) for c in found["cohorts"]] == [(c.key, c.size) for c in whole.cohorts]
    assert [cell[3] for cell in found["cells"]] == [f"{cell.numerator:.6f}" for cell in whole.cells]
    of_germany = api.cohort_piece("quarter", "DE", "revenue")
    assert of_germany is not None
    assert sum(c["size"] for c in of_germany["cohorts"]) == segment_size(
        library.analysis, "orders >= 1 and market = DE"
    )


def test_what_stands_out_is_told_in_every_language(computed: Site) -> None:
    told = api.piece("findings")
    assert told is not None
    assert set(told["told"]) == {"en", "de", "nb", "ro"}
    assert set(api.pieces(["rfm", "window", "whatif", "bridge", "quality", "concentration"])) == {
        "rfm", "window", "whatif", "bridge", "quality", "concentration",
    }  # fmt: skip


def test_the_people_behind_a_figure_are_as_many_as_it_says(computed: Site) -> None:
    row = next(row for row in reversed(api.figure_rows("lost_customers", "quarter")) if row.complete)
    with api.asking(seconds=20) as analysis:
        for slug in ("customers_at_start", "customers_at_end", "kept_customers", "lost_customers", "won_customers",
                     "won_first_time", "won_back", "new_customers", "buyers"):  # fmt: skip
            (said,) = (r for r in api.figure_rows(slug, "quarter") if r.period_start == row.period_start)
            asked = api.behind({"behind": slug, "from": str(row.period_start), "to": str(row.period_end)})
            assert api.members_page(analysis, behind=asked).customers == said.value, slug


def test_the_people_behind_a_cell_are_as_many_as_it_says(computed: Site) -> None:
    found = api.cohort_piece("quarter", None, "customers")
    assert found is not None
    key, offset, _, numerator, *_ = next(
        cell for cell in found["cells"] if cell[1] == 2 and "there" not in cell[0]
    )
    with api.asking(seconds=20) as analysis:
        asked = api.behind({"cohort": key, "by": "quarter", "offset": str(offset)})
        assert api.members_page(analysis, behind=asked).customers == Decimal(numerator)
        size = next(c["size"] for c in found["cohorts"] if c["key"] == key)
        assert (
            api.members_page(analysis, behind=api.behind({"cohort": key, "by": "quarter"})).customers == size
        )


def test_lists_are_sorted_paged_and_limited_to_markets(computed: Site) -> None:
    with api.asking(seconds=20) as analysis:
        first = api.members_page(analysis, limit=40)
        second = api.members_page(analysis, limit=40, after=first.after or 0)
        spent = [member.revenue for member in (*first.page, *second.page)]
        assert spent == sorted(spent, reverse=True)
        assert (first.customers, len({member.customer for member in (*first.page, *second.page)})) == (
            250,
            80,
        )
        only = api.members_page(analysis, reach=Reach(frozenset({"RO"})), rule="orders >= 2")
        assert {member.market for member in only.page} == {"RO"}
        assert api.members_page(analysis, market="DE", reach=Reach(frozenset({"RO"}))).customers == 0


def test_computing_again_changes_nothing(computed: Site, work: Work) -> None:
    before = api.current()
    start_job(kind=compute.KIND)
    work()
    assert api.current() == before
    assert Snapshot.objects.count() == 1


def test_what_was_begun_and_never_finished_is_begun_again(computed: Site, work: Work) -> None:
    """As a worker that is killed half-way leaves it: the pages show what they showed, then the whole."""
    Lake.open(computed.lake).set_definitions(Definitions(currency="EUR", window_days=60))
    lake = Lake.open(computed.lake)
    shown = api.current()
    half = Snapshot.objects.create(
        lake_version=lake.version, definitions=lake.definitions().digest(), program=PROGRAM,
        as_of=shown.as_of if shown else None,
    )  # fmt: skip
    Piece.objects.create(snapshot=half, key="findings", body={})
    assert api.current() == shown
    publish("definitions.changed")
    work()
    now = api.current()
    assert now is not None
    assert (now.window_days, now.window_was_set) == (60, True)
    assert not Snapshot.objects.filter(pk=half.pk).exists()


def test_old_snapshots_and_folders_are_cleared(computed: Site, work: Work) -> None:
    shown = api.current()
    assert shown is not None
    for n in range(4):
        old = Snapshot.objects.create(
            lake_version=shown.lake_version, definitions=f"old {n}", program="test", as_of=shown.as_of,
            ready_at=timezone.now() - timedelta(days=n + 1),
        )  # fmt: skip
        (computed.prepared / f"s{old.pk}").mkdir()
        Piece.objects.create(snapshot=old, key="findings", body={})
    (computed.prepared / "s999999").mkdir()
    start_job(kind=compute.KIND)
    work()
    assert [one.definitions for one in Snapshot.objects.order_by("-current", "-ready_at")[1:]] == [
        "old 0",
        "old 1",
    ]
    assert len(list(computed.prepared.iterdir())) == 3
    assert api.current() == shown


def test_what_was_made_from_a_version_that_is_gone_is_deleted(computed: Site, work: Work) -> None:
    """So that nobody who was erased from the lake lives on in tables made from it."""
    old = Snapshot.objects.create(lake_version=1, definitions="old", program="test", ready_at=timezone.now())
    Lake.open(computed.lake).vacuum(keep=1)
    start_job(kind=compute.KIND)
    work()
    assert not Snapshot.objects.filter(pk=old.pk).exists()


def test_prepared_tables_that_were_lost_are_made_again(computed: Site, work: Work) -> None:
    """As after a back-up was restored: it holds the database and the lake, no caches."""
    before = api.current()
    shutil.rmtree(computed.prepared)
    computed.prepared.mkdir()
    start_job(kind="insights.watch")
    work()
    assert api.current() == before
    with api.asking(seconds=20) as analysis:
        assert api.members_page(analysis).customers == CUSTOMERS


def test_what_the_command_imported_is_noticed(computed: Site, work: Work) -> None:
    Lake.open(computed.lake).set_definitions(Definitions(currency="EUR", window_days=60))
    start_job(kind="insights.watch")
    work()
    info = api.current()
    assert info is not None
    assert info.window_days == 60


def test_a_lake_without_orders_says_so(site: Site, work: Work) -> None:
    start_job(kind=compute.KIND)
    work()
    assert api.current() is None
    Lake.create(site.lake)
    start_job(kind=compute.KIND)
    work()
    info = api.current()
    assert info is not None
    assert info.empty
    assert Job.objects.filter(state="failed").count() == 0


def test_the_clock_limits_what_is_shown(computed: Site) -> None:
    info = api.current()
    assert info is not None
    assert (info.as_of, info.last) == (date(2026, 1, 1), date(2025, 12, 31))


def test_a_long_statement_ends_where_the_worker_is_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = threading.Event()
    monkeypatch.setattr(jobs, "stopping", stopping)
    with compute._engine(Running(1, {}, None, 1)) as engine:
        engine.put("many", pa.table({"n": pa.array(range(300_000), pa.int64())}))
        one = ibis.table({"n": "int64"}, name="many")
        pairs = one.cross_join(one.view().rename(m="n"))
        stopping.set()
        with pytest.raises(Stopped):
            engine.run(pairs.agg(found=((pairs.n * pairs.m) % 7).sum()))
