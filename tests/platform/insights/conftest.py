"""A small made-up shop in a lake, and its snapshot."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.computed import with_lake
from support.postman import Postman, listening


@pytest.fixture
def shop(site: Site) -> Iterator[Site]:
    """A site with the small shop's facts in its lake; nothing is computed yet."""
    yield with_lake(site)
    close_readers()


@pytest.fixture
def unused_port() -> int:
    """A port that is free on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def postman(settings: Any, unused_port: int) -> Iterator[Postman]:
    """The mail server that the site sends to."""
    with listening(settings, unused_port) as found:
        yield found
