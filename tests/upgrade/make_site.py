"""Makes the back-up of a small site that each later release has to open: `python tests/upgrade/make_site.py FILE`.

Run it once, with the code of a release, and keep the file as `sites/RELEASE.tar.gz`, and the secret of a second factor
that it prints in `test_earlier_releases.py`. Nobody in it is real.
"""

from __future__ import annotations

import gzip
import os
import random
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

PASSWORD = "a long enough passphrase"


def export(path: Path) -> Path:
    """Two years of forty customers in two markets."""
    chance = random.Random(20261122)
    lines = ["order_id,customer_id,email,phone,date,amount,currency,country"]
    for customer in range(1, 41):
        country, day = ("NO", "DE")[customer % 2], date(2024, 1, 1) + timedelta(days=chance.randrange(300))
        while day < date(2026, 1, 1):
            who = f"c{customer},person{customer}@mail.test,+4790000{customer:03}"
            lines.append(f"{len(lines)},{who},{day} 12:00:00,{chance.randrange(10, 90)}.00,EUR,{country}")
            day += timedelta(days=chance.randrange(20, 160))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def fill(folder: Path) -> str:
    """What people do on their first days: users, data, figures, a segment, a goal, an alert. Returns the secret of Ann's app."""
    from regulars.platform.core import second_factor  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core.models import User  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core.worker import run_until_idle  # noqa: PLC0415 - after django.setup()
    from regulars.platform.insights import (  # noqa: PLC0415 - after django.setup()
        alerts_operations,
        goals_operations,
        goals_proposal,
        segments_operations,
    )
    from regulars.platform.insights.models import Segment  # noqa: PLC0415 - after django.setup()
    from regulars.platform.intake import api as intake  # noqa: PLC0415 - after django.setup()

    ann = User.objects.make(email="ann@mail.test", password=PASSWORD, name="Ann", role="administrator")
    User.objects.make(
        email="ben@mail.test", password=PASSWORD, name="Ben", role="marketing", markets=["DE"], language="de"
    )
    second_factor.begin(user=ann)
    intake.bring(files=[(export(folder / "orders.csv"), "shop")], by=ann)
    run_until_idle()
    slug = segments_operations.make(by=ann, name="Norwegians", rule="market = 'NO'")
    run_until_idle()
    segment = Segment.objects.get(slug=slug)
    goals_operations.set_goal(
        by=ann,
        wish=goals_proposal.Wish(
            "repurchase_rate", "", None, "quarter", "up", "relative", Decimal(10), date(2027, 12, 31)
        ),
    )
    alerts_operations.watch(
        by=ann, wish=alerts_operations.Watch("size", segment=segment.pk, side="above", limit=Decimal(5), users=(ann.pk,))
    )  # fmt: skip
    run_until_idle()
    waits = second_factor.enrolment(user=ann)
    assert waits is not None
    return waits.secret.replace(" ", "")


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            REGULARS_HOME=str(Path(folder) / "site"),
            DJANGO_SETTINGS_MODULE="regulars.platform.settings",
            REGULARS_DATABASE_URL="",
        )
        from regulars.platform import supervise  # noqa: PLC0415 - reads the environment once
        from regulars.platform.backup import back_up  # noqa: PLC0415 - see above
        from regulars.platform.site import Site  # noqa: PLC0415 - see above

        supervise.django()
        supervise.migrate()
        secret = fill(Path(folder))
        made = back_up(Site.named(), into=Path(folder) / "site.tar.gz")
        # Back-ups are packed quickly; what is kept for years is packed well.
        target.write_bytes(gzip.compress(gzip.decompress(made.file.read_bytes()), 9, mtime=0))
        sys.stdout.write(f"{target}: {target.stat().st_size:,} bytes; second factor {secret}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
