"""A disk that takes nothing more: what is sent is refused clearly, pages still show, work waits and then goes on.

The limit on the size of files that the kernel puts on a process stands in for a full disk: the same calls fail.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import load
from support.live import Live, running
from support.visitor import Visitor

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
READS = ("/", "/overview", "/customers", "/figures", "/data", "/account")
_FULL = 100_000  # bytes a file may have; the database has more


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("full") / "site") as started:
        yield started


@contextmanager
def full_disk(site: Live) -> Iterator[None]:
    """Nothing that the site's processes write gets anywhere."""
    pids = site.parts().values()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (_FULL, before[1]))
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_what_cannot_be_stored_is_refused_and_pages_still_show(site: Live, tmp_path: Path) -> None:
    ann = Visitor(site)
    large = load.export(tmp_path / "large.csv", 5_000)
    with full_disk(site):
        uploaded = ann.upload("/data/new", large, source="shop")
        assert uploaded.status == 507 and "The disk is full" in uploaded.text
        assert {path: ann.get(path).status for path in READS} == dict.fromkeys(READS, 200)
    left = [path.name for path in (site.home / "files" / "uploads").iterdir()]
    assert left == []
    assert ann.upload("/data/new", large, source="shop").status == 302


def test_work_waits_for_room(site: Live, tmp_path: Path) -> None:
    log = site.home / "regulars.log"
    before = len(log.read_text())
    with full_disk(site):
        load.begin(site, "full", load.export(tmp_path / "orders.csv", 2))  # another process, which has room
        give_up = time.monotonic() + 60
        while "The disk is full." not in log.read_text()[before:]:
            assert time.monotonic() < give_up, "nothing was refused"
            time.sleep(0.2)
        assert load.state(site)["open"]
    state = load.settled(site)
    assert (state["open"], state["failed"], state["orders"]) == (0, [], 40)
    assert state["mails"] == {"sent": 10}
    assert len({str(message["Message-ID"]) for message in site.mailbox.messages}) == 10
    assert state["shown"] == state["lake"]
