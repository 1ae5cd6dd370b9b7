"""The platform with the real demo shop in it: what `regulars demo --platform` and `make demo` start."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from regulars.demo import online_retail
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
    """Start the platform in `folder/site`, import the demo shop through it, and wait for the first figures.

    Running it again starts what is there. Raises RegularsError where it does not start or the import fails.
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
    _bring()
    supervise.in_background(site)
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


def _bring() -> None:
    """Hand the two exports to the platform's own import, once."""
    from regulars.platform.intake.api import bring, latest, running  # noqa: PLC0415 - after django()

    if latest() is None and not running():
        bring(files=[(file, "shop") for file in online_retail.files()])


def _wait(progress: Progress) -> None:
    """Until the first figures are there; says what the worker is doing."""
    from regulars.platform.core.api import Job  # noqa: PLC0415 - after django()
    from regulars.platform.insights.api import current  # noqa: PLC0415 - after django()

    give_up = time.monotonic() + _PATIENCE
    while current() is None:
        failed = Job.objects.filter(state=Job.State.FAILED, lane="long").order_by("-pk").first()
        if failed is not None:
            error = failed.error or {}
            raise RegularsError(
                error.get("what") or "The platform could not import the demo shop.",
                where=error.get("where", ""),
                do=error.get("do") or "The site's log says more.",
            )
        if time.monotonic() > give_up:
            raise RegularsError(
                "The first figures are not there after half an hour.", do="The site's log says more."
            )
        now = Job.objects.filter(state=Job.State.RUNNING, lane="long").first()
        progress(now.step or "starting" if now else "waiting for the worker", now.share if now else None)
        time.sleep(0.5)
