"""A shop whose customers can be written to, and a program that listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from regulars.platform.core.api import User
from regulars.platform.insights import api as insights
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.handover import Shop, filled
from support.receiver import Receiver, listening


@pytest.fixture
def shop(site: Site, db: None, tmp_path: Path, user: Callable[..., User]) -> Iterator[Shop]:
    """300 customers with an address and consent, and a segment of them all."""
    filled(site, tmp_path)
    owner = user(email="owner@example.org")
    insights.segments.make(by=owner, name="All", rule="orders >= 1")
    yield Shop(site, tmp_path, owner)
    close_readers()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A program that listens on this machine."""
    with listening(monkeypatch) as found:
        yield found
