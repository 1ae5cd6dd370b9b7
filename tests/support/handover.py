"""A shop whose customers can be written to: figures, contacts, consent. Made once in a run, then put back as it was."""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

from regulars.platform.core.api import Job, User, start_job
from regulars.platform.core.jobs import run_job
from regulars.platform.customers.api import contacts
from regulars.platform.customers.models import Consent, Contact, Customer, Identifier
from regulars.platform.engagement import api as engagement
from regulars.platform.engagement.api import Wish
from regulars.platform.engagement.models import Assigned, HandOver, HandOverList
from regulars.platform.insights.models import Snapshot
from regulars.platform.site import Site
from support import people

COUNT = 300
BEGIN = dt.date(2026, 7, 1)  # hand-overs are moved to this day; the shop's facts end the day before
HEAD = "order_id,date,customer_id,email,name,phone,country,currency,total\n"
_KEPT: dict[str, Any] = {}
_MODELS = (Customer, Identifier, Contact, Snapshot)


@dataclass
class Shop:
    """The site and what tests do with it."""

    site: Site
    folder: Path
    user: User

    def work(self) -> None:
        """Run what waits, here and now."""
        due = {"state": "waiting", "kind__startswith": "engagement."}
        while waiting := list(Job.objects.filter(not_before__lte=timezone.now(), **due)):
            for job in waiting:
                run_job.call(job.pk)

    def proposed(self, **more: Any) -> int:
        """A draft that was looked at."""
        number = engagement.propose(by=more.pop("by", self.user), wish=_wish(**more))
        self.work()
        return number

    def told(self, number: int) -> int:
        """What must be written to hand over."""
        return int(HandOver.objects.get(pk=number).looked["counts"]["treated"])

    def confirmed(self, **more: Any) -> int:
        """A hand-over that somebody has confirmed and no worker has begun; it was counted as one customer, which saves time."""
        by = more.pop("by", self.user)
        number = engagement.propose(by=by, wish=_wish(**more))
        Job.objects.filter(kind=engagement.LOOK).delete()
        shown = Snapshot.objects.get(current=True).pk
        HandOver.objects.filter(pk=number).update(
            looked={"snapshot": shown, "counts": {"treated": 1}}, horizon=90
        )
        engagement.begin(by=by, number=number, customers=1)
        return number

    def begun(self, **more: Any) -> int:
        """A hand-over whose first list is drawn."""
        number = self.confirmed(**more)
        self.work()
        return number

    def next_day(self, number: int) -> None:
        """What was drawn was drawn on BEGIN; the schedule is due again today."""
        Assigned.objects.update(day=BEGIN)
        HandOverList.objects.update(day=BEGIN)
        start_job(kind="engagement.draw", hand_over=number)
        self.work()

    def bought(self, customers: list[int], *, on: dt.date, name: str) -> None:
        """Import one order of each of these customers."""
        known = contacts(customers)
        ids = sorted(int(known[number].email[1:].partition("@")[0]) for number in customers)
        people.imported(
            self.site,
            self.folder,
            HEAD + "".join(_line(f"{name}-{n}", n, on) for n in ids),
            name=f"{name}.csv",
        )

    def measured(self, number: int) -> engagement.MeasuredInfo:
        """Compute figures anew and measure, as if what was drawn had been drawn on BEGIN."""
        Assigned.objects.update(day=BEGIN)
        computed(self.site)
        start_job(kind="engagement.measure")
        self.work()
        found = self.seen(number).measured
        assert found is not None
        return found

    def seen(self, number: int) -> engagement.HandOverInfo:
        found = engagement.hand_over(user=self.user, number=number)
        assert found is not None
        return found

    def arm(self, number: int, arm: str) -> list[int]:
        rows = Assigned.objects.filter(hand_over=number, arm=arm).order_by("customer")
        return list(rows.values_list("customer", flat=True))

    def file(self, number: int) -> list[list[str]]:
        """The rows of all lists' file."""
        found = engagement.file_of(user=self.user, number=number)
        assert found is not None
        return list(found.rows)


def _wish(**more: Any) -> Wish:
    wish = {"name": "Win back", "tool": "plain", "every": "once", "segment": "all", "share": Decimal("0.5")}
    return Wish(**wish | more)


def filled(site: Site, folder: Path) -> None:
    """300 customers with two or three orders in the first half of 2026, an address and consent; made once in a run."""
    if not _KEPT:
        _make(site, folder)
    else:
        for name in ("lake", "prepared"):
            shutil.copytree(_KEPT["folder"] / name, site.home / name, dirs_exist_ok=True)
        for model in _MODELS:
            model._default_manager.bulk_create(_KEPT[model.__name__])
    agree(list(Customer.objects.values_list("number", flat=True)))


def _make(site: Site, folder: Path) -> None:
    random = np.random.default_rng(4)
    lines = []
    for n in range(1, COUNT + 1):
        for k, days in enumerate(sorted(random.integers(0, 180, size=2 + n % 2).tolist())):
            on = dt.date(2026, 1, 1) + dt.timedelta(days=days)
            lines.append((on, _line(f"{n}-{k}", n, on)))
    people.imported(site, folder, HEAD + "".join(line for _on, line in sorted(lines)))
    computed(site)
    kept = Path(tempfile.mkdtemp(prefix="regulars-handover-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    for name in ("lake", "prepared"):
        shutil.copytree(site.home / name, kept / name)
    _KEPT["folder"] = kept
    for model in _MODELS:
        _KEPT[model.__name__] = list(model._default_manager.all())


def _line(order: str, n: int, on: dt.date) -> str:
    name = f"{('Åse', 'Jörg', 'Ioana', 'Kari')[n % 4]} {('Berg', 'Moe', 'Popescu')[n % 3]}"
    return f"{order},{on},c{n},c{n}@example.org,{name},+49 30 55{n:05},{'DE' if n % 3 else 'NO'},EUR,40.00\n"


def computed(site: Site) -> None:
    """The figures' snapshot, with what pages read of it."""
    people.computed(site)
    shown = Snapshot.objects.get(current=True)
    shown.state |= {"markets": [["DE", 200], ["NO", 100]], "currency": "EUR", "window_days": 90}
    shown.save()


def agree(numbers: list[int], status: str = "granted") -> None:
    """Record what these customers said about marketing by e-mail."""
    said = {
        "purpose": "marketing",
        "channel": "email",
        "status": status,
        "source": "shop",
        "recorded_at": timezone.now(),
    }
    Consent.objects.filter(customer__in=numbers).delete()
    Consent.objects.bulk_create(Consent(customer_id=number, at=timezone.now(), **said) for number in numbers)
