"""One running site for all tests here, filled through its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support import browser as browsers
from support.live import Live, running


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A fresh site without users."""
    if (reason := browsers.missing()) is not None:
        pytest.skip(f"No browser: {reason}")
    with running(tmp_path_factory.mktemp("live") / "site") as site:
        yield site
