"""The real demo shop: Online Retail II, two yearly exports that overlap by nine days (see data/README.md)."""

from __future__ import annotations

import shutil
from pathlib import Path

NAME = "online_retail"
FILES = ("online_retail_2009_2010.parquet", "online_retail_2010_2011.parquet")
ZONE = "Europe/London"
CURRENCY = "GBP"


def files() -> tuple[Path, ...]:
    """The shipped exports, older first."""
    folder = Path(__file__).parent / "data"
    return tuple(folder / name for name in FILES)


def write(folder: Path) -> tuple[Path, ...]:
    """Copy the exports into `folder` and return where they are, older first."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(Path(shutil.copyfile(file, folder / file.name)) for file in files())
