"""Pages drawn before somebody asks for them, so that nobody waits for a chart, a template or a reader to be there.

The worker draws the charts of new figures into the cache; a web process loads templates and opens readers when it starts and
when new figures are shown. Pages are drawn as those who use the site would see them, and thrown away.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, QueryDict
from django.urls import resolve
from django.utils import translation

from regulars.platform.core.api import Job, Running, User
from regulars.platform.insights import api as insights

log = logging.getLogger(__name__)

KIND = "web.draw"
CHARTS = (
    "/overview", "/overview?period=month", "/overview/money", "/overview/bridge", "/retention?tab=gaps", "/retention?tab=worth",
    "/markets", "/segments/groups",
)  # fmt: skip
OTHERS = (
    "/", "/retention", "/customers", "/segments", "/figures", "/figures/retention_rate", "/goals", "/alerts", "/data",
    "/data/quality", "/data/tables",
)  # fmt: skip
_MOST = 12  # kinds of readers; beyond, charts are drawn by who comes first
_LOOK_SECONDS = 2.0


def draw(job: Running) -> None:
    """Draw the charts of the figures that are shown, for each language and each choice of markets among the users."""
    for user in _readers():
        for address in CHARTS:
            job.go_on()
            _page(address, user)


def stay_ready() -> None:
    """For a thread of a web process: have readers and pages ready for each snapshot that comes to be shown. For ever."""
    opened: object = None
    drawn: object = None
    while True:
        try:
            info = insights.current()
            now = (info.number, info.computed_at) if info else None
            if now is not None and now != opened:
                insights.warm()
                opened = now
            # The worker draws the charts; whoever loads what draws them keeps it in memory.
            if now is not None and now != drawn and not _is_drawing():
                for user in _readers(rights=False):
                    for address in (*CHARTS, *OTHERS):
                        _page(address, user)
                drawn = now
        except DatabaseError:
            log.debug("the database is away; pages are made ready later")
        finally:
            close_old_connections()
        time.sleep(_LOOK_SECONDS)


def _is_drawing() -> bool:
    return Job.objects.filter(kind=KIND, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


def _readers(*, rights: bool = True) -> Iterator[User]:
    """Active users who see different pages, one of each kind: another language or, with `rights`, other markets or rights."""
    seen: set[object] = set()
    for user in User.objects.filter(is_active=True).order_by("pk"):
        may = tuple(user.may(right) for right in ("figures.see", "people.see", "data.see"))
        kind = (user.language, user.reach, may) if rights else user.language
        if kind not in seen and len(seen) < _MOST:
            seen.add(kind)
            yield user


def _page(address: str, user: User) -> None:
    """Draw one page for nobody: the view behind what guards it, which asks for a session."""
    path, _, query = address.partition("?")
    found = resolve(path)
    view: Callable[..., Any] = found.func
    needs = view.needs  # type: ignore[attr-defined]
    if needs != "signed in" and not user.may(needs):
        return
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": query}
    request.GET = QueryDict(query)
    request.user = user
    with translation.override(user.language or None), insights.one_snapshot():
        try:
            view.__wrapped__(request, *found.args, **found.kwargs)  # type: ignore[attr-defined]
        except DatabaseError:
            raise
        except Exception as error:  # whoever asks for the page is told
            log.warning("a page could not be drawn ahead: %s, %s", path, type(error).__name__)
