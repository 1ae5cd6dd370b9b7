"""kill -9 of web, worker or both while they work: they start again, no job is lost, no effect happens twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from regulars.platform.site import Site
from regulars.platform.supervise import holder
from support.live import Live, running

KILLS = int(os.environ.get("REGULARS_KILLS", "10"))
# `REGULARS_TEST_DATABASE=postgresql` has the site use the server of the tests, as everywhere.
DATABASE = os.environ.get("REGULARS_DATABASE_URL", "")

_LOAD = """
import json, sys
from pathlib import Path
from regulars.platform.core.api import send_mail
from regulars.platform.intake.api import bring
number = int(sys.argv[1])
for n in range(10):
    send_mail(cause=f"cause {number}-{n}", to="ann@example.org", subject=f"mail {number}-{n}", text="Hello.")
bring(files=[(Path(sys.argv[2]), "shop")])
print(json.dumps("begun"))
"""
_STATE = """
import json
from collections import Counter
from django.conf import settings
from regulars.lake import Lake
from regulars.platform.core.models import Job, Mail
from regulars.platform.insights.models import Snapshot
lake = Lake.open(settings.SITE.lake) if Lake.is_lake(settings.SITE.lake) else None
current = Snapshot.objects.filter(current=True).first()
print(json.dumps({
    "open": Job.objects.filter(state__in=["waiting", "running"]).exclude(kind="core.clear").count(),
    "failed": list(Job.objects.filter(state="failed").values_list("kind", "error")),
    "mails": Counter(Mail.objects.values_list("state", flat=True)),
    "orders": sum(table.rows for name, table in lake.manifest().tables.items() if name == "orders") if lake else 0,
    "lake": lake.version if lake else None,
    "shown": current.lake_version if current else None,
}))
"""


def export(path: Path, number: int) -> Path:
    """Export n holds orders 0 to 20 n, so that each repeats those before it."""
    rows = [f"{n},c{n % 7},2026-01-{1 + n % 28:02d} 10:00:00,{10 + n}.00,NOK" for n in range(20 * number)]
    path.write_text("order_id,customer_id,date,amount,currency\n" + "\n".join(rows) + "\n")
    return path


def parts(site: Live) -> dict[str, int]:
    """The running parts by name."""
    parent = holder(Site(site.home))
    told = subprocess.run(
        ["ps", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True
    ).stdout
    return {line.split()[-1]: int(line.split()[0]) for line in told.splitlines()}


@pytest.mark.kill
def test_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    batches = (KILLS - 1) // 4 + 1
    with running(tmp_path / "site", REGULARS_DATABASE_URL=DATABASE) as site:
        kills = Counter[str]()
        for number in range(1, KILLS + 1):
            if number % 4 == 1:
                batch = number // 4 + 1
                site.inside(_LOAD, str(number), str(export(tmp_path / "orders.csv", batch)))
            time.sleep(chance.uniform(0.2, 3.0))
            chosen = chance.choice([("web",), ("worker",), ("web", "worker")])
            for name, pid in parts(site).items():
                if name in chosen:
                    os.kill(pid, signal.SIGKILL)
                    kills[name] += 1
        state = settled(site)
        assert state["failed"] == [] and state["open"] == 0
        assert state["orders"] == 20 * batches
        assert state["shown"] == state["lake"]
        sent = Counter(str(message["Message-ID"]) for message in site.mailbox.messages)
        assert len(sent) == state["mails"]["sent"] == 10 * batches
        # A worker that dies between the server's yes and its own note leaves one mail in doubt, which is sent again.
        assert sum(sent.values()) - len(sent) <= kills["worker"]


def settled(site: Live) -> dict[str, object]:
    """The state once all jobs have ended."""
    give_up = time.monotonic() + 240
    while True:
        state: dict[str, object] = site.inside(_STATE)
        if not state["open"] or time.monotonic() > give_up:
            return state
        time.sleep(2)
