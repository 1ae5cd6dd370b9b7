"""kill -9 of web, worker or both while they work: they start again, no job is lost, no effect happens twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from support import load
from support.live import running

KILLS = int(os.environ.get("REGULARS_KILLS", "10"))
# `REGULARS_TEST_DATABASE=postgresql` has the site use the server of the tests, as everywhere.
DATABASE = os.environ.get("REGULARS_DATABASE_URL", "")


@pytest.mark.kill
def test_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    batches = (KILLS - 1) // 4 + 1
    with running(tmp_path / "site", REGULARS_DATABASE_URL=DATABASE) as site:
        kills = Counter[str]()
        for number in range(1, KILLS + 1):
            if number % 4 == 1:
                batch = number // 4 + 1
                load.begin(site, str(number), load.export(tmp_path / "orders.csv", batch))
            time.sleep(chance.uniform(0.2, 3.0))
            chosen = chance.choice([("web",), ("worker",), ("web", "worker")])
            for name, pid in site.parts().items():
                if name in chosen:
                    os.kill(pid, signal.SIGKILL)
                    kills[name] += 1
        state = load.settled(site)
        assert state["failed"] == [] and state["open"] == 0
        assert state["orders"] == 20 * batches
        assert state["shown"] == state["lake"]
        sent = Counter(str(message["Message-ID"]) for message in site.mailbox.messages)
        assert len(sent) == state["mails"]["sent"] == 10 * batches
        # A worker that dies between the server's yes and its own note leaves one mail in doubt, which is sent again.
        assert sum(sent.values()) - len(sent) <= kills["worker"]
