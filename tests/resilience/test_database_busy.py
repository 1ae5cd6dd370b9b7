"""SQLite while another process writes for seconds: pages still show, what writes waits or says so, nothing is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from support import load
from support.live import Live, running
from support.visitor import Visitor

READS = ("/", "/overview", "/customers", "/segments", "/figures", "/data", "/account")

_A_WHILE_AGO = """
from datetime import timedelta
from django.utils import timezone
from regulars.platform.core.models import Session
print(Session.objects.update(seen_at=timezone.now() - timedelta(minutes=10)))
"""
# As a form of a page does; done once the answer is here.
_SEND = (
    "htmx.ajax('POST', '/account', {swap: 'none', values: {name: 'Anna', language: 'en', theme: 'light'}})"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("busy") / "site") as started:
        yield started


@contextmanager
def somebody_writes(site: Live) -> Iterator[None]:
    """The write lock, held by this process."""
    with closing(sqlite3.connect(site.home / "regulars.sqlite3", isolation_level=None)) as own:
        own.execute("BEGIN IMMEDIATE")
        yield
        own.execute("ROLLBACK")


def test_pages_that_show_do_not_wait_for_who_writes(site: Live) -> None:
    ann = Visitor(site)
    assert {path: ann.get(path).status for path in READS} == dict.fromkeys(READS, 200)
    site.inside(_A_WHILE_AGO)
    with somebody_writes(site):
        answers = {path: ann.get(path) for path in READS}
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(READS, 200)
    assert max(answer.seconds for answer in answers.values()) < 4


def test_a_short_wait_is_all_that_a_writer_notices(site: Live) -> None:
    ann = Visitor(site)
    with ThreadPoolExecutor() as pool:
        with somebody_writes(site):
            sent = pool.submit(ann.post, "/account", name="Ann", language="en", theme="dark")
            time.sleep(1.5)
        assert sent.result().status == 302
    assert 'data-theme="dark"' in ann.get("/account").text


def test_a_long_wait_ends_with_a_page_that_says_so(site: Live) -> None:
    ann = Visitor(site)
    with somebody_writes(site):
        refused = ann.post("/account", name="Ann", language="en", theme="light")
    assert refused.status == 503 and int(refused.headers["Retry-After"]) <= 10
    assert "was not saved" in refused.text and refused.seconds < 10
    assert "Refresh" not in refused.headers  # what was sent is not sent again by itself


def test_what_is_sent_without_leaving_the_page_says_so_there(site: Live, chromium: Any) -> None:
    context = chromium.new_context()
    context.add_cookies(
        [{"name": n, "value": v, "url": site.address} for n, v in Visitor(site).cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{site.address}/account")
    with somebody_writes(site):
        page.evaluate(_SEND)
        refusal = page.get_by_role("alert")
        refusal.wait_for(timeout=20_000)
        assert "was not saved" in refusal.inner_text()
    page.evaluate(_SEND)
    assert refusal.count() == 0 and "Anna" in Visitor(site).get("/account").text
    context.close()


def test_what_only_asks_says_in_its_place_that_no_answer_came(site: Live, chromium: Any) -> None:
    context = chromium.new_context()
    context.add_cookies(
        [{"name": n, "value": v, "url": site.address} for n, v in Visitor(site).cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{site.address}/segments/new")
    context.set_offline(True)
    page.locator("#rule").press_sequentially("orders > 1")
    told = page.locator("#rule-size").get_by_role("alert")
    told.wait_for(timeout=20_000)
    assert "The site does not answer" in told.inner_text() and page.get_by_role("alert").count() == 1
    context.set_offline(False)
    page.locator("#rule").press_sequentially("2")
    told.wait_for(state="detached", timeout=20_000)
    context.close()


def test_work_goes_on_when_the_lock_is_free(site: Live, tmp_path: Path) -> None:
    worker = site.parts()["worker"]
    os.kill(worker, signal.SIGSTOP)  # until the lock is held: otherwise the work might be done before
    load.begin(site, "busy", load.export(tmp_path / "orders.csv", 2))
    with somebody_writes(site):
        os.kill(worker, signal.SIGCONT)
        time.sleep(4)
        assert load.state(site)["mails"] == {"waiting": 10} and site.mailbox.messages == []
    for _ in range(2):
        with somebody_writes(site):
            time.sleep(4)
        time.sleep(0.5)
    state = load.settled(site)
    assert (state["open"], state["failed"], state["orders"]) == (0, [], 40)
    assert state["mails"] == {"sent": 10} and len(site.mailbox.messages) == 10
    assert state["shown"] == state["lake"]
