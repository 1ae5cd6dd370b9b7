"""PostgreSQL goes away and comes back under load: a clear page meanwhile, the worker goes on by itself, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import load, postgres
from support.live import running
from support.visitor import Answer, Visitor

READS = ("/", "/overview", "/customers", "/data")
RESTARTS = (("immediate", 3.0), ("fast", 0.0), ("immediate", 0.0))  # how it ends, seconds that it is away


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    started = postgres.Server()
    yield started
    started.close()


class Reader(threading.Thread):
    """Somebody who opens one page after the other."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(daemon=True)
        self._visitor, self.answers, self.enough = visitor, list[Answer](), threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.05):
            self.answers.append(self._visitor.get(READS[len(self.answers) % len(READS)]))


def test_a_restart_is_a_short_wait(server: postgres.Server, tmp_path: Path) -> None:
    with running(tmp_path / "site", REGULARS_DATABASE_URL=server.url) as site:
        readers = [Reader(Visitor(site)) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number, (mode, away) in enumerate(RESTARTS, start=1):
            load.begin(site, str(number), load.export(tmp_path / "orders.csv", number))
            time.sleep(1)
            server.stop(mode)
            time.sleep(away)
            server.start()
        state = load.settled(site)
        for reader in readers:
            reader.enough.set()
            reader.join()
        assert (state["open"], state["failed"], state["orders"]) == (0, [], 60)
        assert state["shown"] == state["lake"]
        sent = Counter(str(message["Message-ID"]) for message in site.mailbox.messages)
        # A server that goes between the mail server's yes and the note of it leaves that mail in doubt: it is sent again.
        assert len(sent) == state["mails"]["sent"] == 30
        assert sum(sent.values()) - len(sent) <= len(RESTARTS)
        assert_short_waits(readers)


def assert_short_waits(readers: list[Reader]) -> None:
    answers = [answer for reader in readers for answer in reader.answers]
    told = Counter(answer.status for answer in answers)
    assert set(told) == {200, 503} and told[200] > told[503]
    for answer in answers:
        if answer.status == 503:
            assert answer.headers["Retry-After"] == answer.headers["Refresh"] == "5"
            assert "asks again by itself" in answer.text
    assert all(reader.answers[-1].status == 200 for reader in readers)
