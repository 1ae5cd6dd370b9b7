"""The platform with the real demo shop in it: what `regulars demo --platform` and `make demo` start."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from regulars.demo import online_retail, watched
from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import RegularsError
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.platform import config, supervise
from regulars.platform.site import HOME_VARIABLE, Site

COMPANY = "Online Retail II"
EMAIL = "demo@example.org"
_PATIENCE = 1800.0  # seconds for the import and the first figures on a slow machine


@dataclass(frozen=True)
class Started:
    """A site that runs. `password` is None where the first user is there already: it was told once."""

    address: str
    home: Path
    email: str
    password: str | None


def start(folder: Path, progress: Progress = silent) -> Started:
    """Start the platform in `folder/site` and bring the demo shop's two yearly exports, one after the other.

    In between segments, goals and alerts are made, so that the second year shows what became of them. Running it again starts what is there. Raises RegularsError where it does not start or the import fails.
    """
    site = Site.named(folder / "site").make()
    os.environ[HOME_VARIABLE] = str(site.home)
    if supervise.holder(site) is None:
        supervise.refuse_taken_address()
    supervise.django()
    progress("preparing the platform", None)
    supervise.migrate()
    if not Lake.is_lake(site.lake):
        lake = Lake.create(site.lake)
        lake.set_definitions(
            Definitions(zone=online_retail.ZONE, currency=online_retail.CURRENCY),
            note=f"definitions of {COMPANY}",
        )
    password = _first_user()
    first, second = online_retail.files()
    _bring(first, before=0)
    supervise.in_background(site)
    _wait(progress)
    if _imports() == 1:
        progress("setting up segments, goals and alerts", None)
        _set_up()
    _bring(second, before=1)
    _wait(progress)
    return Started(config.public_url(), site.home, EMAIL, password)


def _first_user() -> str | None:
    """Make the first user with a password that has to be changed; None where there are users."""
    from regulars.platform.core.api import User, put_setting  # noqa: PLC0415 - after django()

    if User.objects.exists():
        return None
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    User.objects.make(
        email=EMAIL, password=password, name="Demo", role="administrator", must_change_password=True
    )
    put_setting("company", COMPANY)
    return password


def _imports() -> int:
    from regulars.platform.intake.api import imports  # noqa: PLC0415 - after django()

    return len(imports())


def _bring(file: Path, *, before: int) -> None:
    """Hand an export to the platform's own import, unless more than `before` have been handed to it already."""
    from regulars.platform.intake.api import bring  # noqa: PLC0415 - after django()

    if _imports() <= before:
        bring(files=[(file, "shop")])


def _set_up() -> None:
    from regulars.platform.core.api import User  # noqa: PLC0415 - after django()

    user = User.objects.filter(email=EMAIL, is_active=True).first()
    if user is not None:
        watched.set_up(user)


def _wait(progress: Progress) -> None:
    """Until no work is open; says what the worker is doing."""
    from regulars.platform.core.api import Job  # noqa: PLC0415 - after django()

    begun, give_up = datetime.now(UTC), time.monotonic() + _PATIENCE
    while True:
        failed = Job.objects.filter(state=Job.State.FAILED, lane="long", finished_at__gte=begun).first()
        if failed is not None:
            error = failed.error or {}
            raise RegularsError(
                error.get("what") or "The platform could not import the demo shop.",
                where=error.get("where", ""),
                do=error.get("do") or "The site's log says more.",
            )
        if time.monotonic() > give_up:
            raise RegularsError(
                "The figures are not there after half an hour.", do="The site's log says more."
            )
        unfinished = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
        now = unfinished.filter(not_before__lte=datetime.now(UTC)).order_by("state").first()
        if now is None:
            return
        running = now.state == Job.State.RUNNING
        progress((now.step or "starting") if running else "waiting for the worker", now.share)
        time.sleep(0.5)
