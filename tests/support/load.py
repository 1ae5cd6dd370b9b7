"""Work for a site that runs, and what became of it: mails and an import, each with an effect that may happen once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from support.live import Live

_BEGIN = """
import json, sys
from pathlib import Path
from regulars.platform.core.api import send_mail
from regulars.platform.intake.api import bring
for n in range(10):
    send_mail(cause=f"cause {sys.argv[1]}-{n}", to="ann@example.org", subject=f"mail {sys.argv[1]}-{n}", text="Hello.")
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
    "lake": lake.facts_version() if lake else None,
    "shown": current.lake_version if current else None,
}))
"""


def export(path: Path, number: int) -> Path:
    """Export n holds orders 0 to 20 n, so that each repeats those before it."""
    rows = [f"{n},c{n % 7},2026-01-{1 + n % 28:02d} 10:00:00,{10 + n}.00,NOK" for n in range(20 * number)]
    path.write_text("order_id,customer_id,date,amount,currency\n" + "\n".join(rows) + "\n")
    return path


def begin(site: Live, cause: str, file: Path) -> None:
    """Have ten mails sent and a file imported, by jobs."""
    site.inside(_BEGIN, cause, str(file))


def state(site: Live) -> dict[str, Any]:
    """Open and failed jobs, mails by state, orders in the lake, the version of its facts and that of the figures shown."""
    found: dict[str, Any] = site.inside(_STATE)
    return found


def settled(site: Live, seconds: float = 240) -> dict[str, Any]:
    """The state once all jobs have ended, or time is up."""
    give_up = time.monotonic() + seconds
    while True:
        found = state(site)
        if not found["open"] or time.monotonic() > give_up:
            return found
        time.sleep(2)
