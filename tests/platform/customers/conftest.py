"""Small shops to import, with the customers kept in the site's database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regulars.lake import Lake
from regulars.platform.site import Site
from support.people import SHOP, imported


@pytest.fixture
def bring(site: Site, tmp_path: Path) -> Callable[..., Lake]:
    """`bring(csv, source="de")` imports a text as a file into the site's lake."""

    def into_the_lake(text: str = SHOP, **more: Any) -> Lake:
        return imported(site, tmp_path, text, **more)

    return into_the_lake
