"""Feeds from a folder: what is new comes in by itself, what has not changed is left alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.kernel.errors import InputError
from regulars.platform.core.models import User
from regulars.platform.intake import api, feeds
from regulars.platform.intake.models import Import, Upload
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inbox(site: Site) -> Path:
    folder = site.home / "inbox"
    folder.mkdir()
    return folder


def put(folder: Path, text: str, name: str = "orders.csv") -> Path:
    """A file that was written a while ago."""
    path = folder / name
    path.write_text(text)
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def a_feed(inbox: Path, by: User) -> int:
    return api.save_feed(
        values=api.FeedValues("nightly", "folder", str(inbox), "shop", pattern="orders*.csv"), by=by
    )


def test_what_is_new_or_changed_is_imported_once(
    inbox: Path, orders: Path, user: Callable[..., User], work: Callable[[], None]
) -> None:
    boss = user()
    number = a_feed(inbox, boss)
    put(inbox, orders.read_text())
    put(inbox, "not,for,this", "other.csv")
    for _ in range(2):
        api.run_feed(number=number, by=boss)
        work()
    (done,) = api.imports()
    assert done.state == "done" and done.feed == "nightly" and done.orders == 40
    put(inbox, orders.read_text())  # written again, and still the same
    api.run_feed(number=number, by=boss)
    work()
    assert Import.objects.count() == 1 and Upload.objects.count() == 1
    put(inbox, orders.read_text() + "41,c1,c1@example.org,9,2026-02-03,EUR\n")
    api.run_feed(number=number, by=boss)
    work()
    assert [one.orders for one in api.imports()] == [41, 40]
    assert str(api.freshness()[0].last) == "2026-02-03"


def test_a_file_that_is_still_being_written_waits(
    inbox: Path, orders: Path, user: Callable[..., User], work: Callable[[], None]
) -> None:
    boss = user()
    number = a_feed(inbox, boss)
    (inbox / "orders.csv").write_text(orders.read_text())
    api.run_feed(number=number, by=boss)
    work()
    assert api.imports() == []


def test_links_out_of_the_folder_are_not_followed(
    inbox: Path, orders: Path, user: Callable[..., User], work: Callable[[], None]
) -> None:
    boss = user()
    number = a_feed(inbox, boss)
    (inbox / "orders.csv").symlink_to(orders)
    api.run_feed(number=number, by=boss)
    work()
    assert api.imports() == []


@pytest.mark.parametrize("folder", ["/etc", "/", "inbox/../.."])
def test_folders_elsewhere_are_refused(inbox: Path, user: Callable[..., User], folder: str) -> None:
    with pytest.raises(InputError, match="may not read there"):
        a_feed(inbox.parent / folder, user())


def test_a_feed_whose_folder_is_gone_says_so(
    inbox: Path, user: Callable[..., User], work: Callable[[], None]
) -> None:
    boss = user()
    number = a_feed(inbox, boss)
    inbox.rmdir()
    api.run_feed(number=number, by=boss)
    work()
    found = api.feed(number)
    assert found is not None and found.error is not None and "no such folder" in found.error["what"]


def test_feeds_are_due_by_the_hour_or_the_day(inbox: Path, user: Callable[..., User]) -> None:
    number = a_feed(inbox, user())
    (due,) = feeds.schedules()
    assert due.arguments == {"number": number}
    night = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)
    assert due.next_after(night) == datetime(2026, 2, 1, 4, 0, tzinfo=UTC)
    assert due.next_after(datetime(2026, 1, 31, 3, 59, tzinfo=UTC)) == night
