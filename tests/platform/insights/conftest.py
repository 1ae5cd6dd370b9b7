"""A small made-up shop in a lake, and its snapshot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from regulars.sources import SourceFile, import_into
from support.shop import write


@pytest.fixture(scope="session")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of 250 customers in three markets, with costs."""
    folder = tmp_path_factory.mktemp("small")
    write(folder, customers=250)
    lake = Lake.create(folder / "lake")
    lake.set_definitions(Definitions(currency="EUR"))
    import_into(lake, [SourceFile(folder / "orders.csv", "shop")], definitions=lake.definitions())
    import_into(lake, [SourceFile(folder / "costs.csv", "company")], definitions=lake.definitions())
    return lake.path


@pytest.fixture
def shop(site: Site, small_lake: Path) -> Iterator[Site]:
    """A site with the small shop's facts in its lake; nothing is computed yet."""
    shutil.copytree(small_lake, site.lake)
    yield site
    close_readers()
