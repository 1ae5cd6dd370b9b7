"""Data sets of the literature that may be used for tests but not shipped: a test that needs one is skipped without it."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from regulars.prediction.history import PurchaseSummary

DATA = Path(os.environ.get("REGULARS_DATA", Path(__file__).parents[3] / "shared" / "data"))
CUT, END = dt.date(1997, 10, 1), dt.date(1998, 7, 1)


def _file(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"No {name}: set REGULARS_DATA to the folder that holds it.")
    return path


def cdnow_sample() -> pa.Table:
    """The 1/10 sample of CDNOW, one row a purchase: `customer`, `day`, `value`."""
    rows = [line.split() for line in _file("CDNOW_sample.txt").read_text().splitlines() if line.strip()]
    return pa.table(
        {
            "customer": [int(row[1]) for row in rows],
            "day": [dt.date(int(row[2][:4]), int(row[2][4:6]), int(row[2][6:])) for row in rows],
            "value": [float(row[4]) for row in rows],
        }
    )


def cdnow(until: dt.date = CUT) -> PurchaseSummary:
    """CDNOW's sample in weeks; to the end of week 39 if not said otherwise."""
    return PurchaseSummary.from_transactions(cdnow_sample(), until)


def donations() -> PurchaseSummary:
    """11,104 donors with six yearly opportunities (Fader, Hardie and Shang 2010)."""
    with _file("donations.csv").open() as file:
        rows = list(csv.DictReader(file))
    weights = [int(row["weights"]) for row in rows]
    columns = [
        np.repeat([float(row[c]) for row in rows], weights) for c in ("frequency", "recency", "periods")
    ]
    return PurchaseSummary(np.arange(sum(weights)), *columns, None, 365.0)
