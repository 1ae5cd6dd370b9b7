"""Charts of the report on pages: drawn once, whoever asks first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from regulars.platform.site import Site
from regulars.platform.web import charts
from regulars.report.texts import words

_MONTHS = [
    {"start": date(2025, m, 1), "end": date(2025, m + 1, 1), "won": m, "kept": 10 * m, "lost": 1, "complete": True}
    for m in range(1, 7)
]  # fmt: skip


def test_who_asks_at_the_same_time_waits_for_one_drawing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    original = charts._drawn

    def counted(*given: Any) -> dict[str, str]:
        drawn.append(given)
        return original(*given)

    monkeypatch.setattr(charts, "_drawn", counted)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: charts.movement(_MONTHS, words("en"), "Movements"), range(4)))
    assert len(drawn) == 1
    assert len(set(found)) == 1
    assert found[0] is not None
    assert "<svg" in found[0].wide
