"""The cohort triangle as rows and cells for an HTML table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from regulars.charts.theme import heat
from regulars.metrics import Cell, Cohort
from regulars.report.content import ReportContent

MOST_COLUMNS = 24


@dataclass(frozen=True)
class TriangleCell:
    """`depth`: its colour's share in per cent. `state` says how it is drawn and read out."""

    share: Decimal | None
    depth: int
    state: Literal["full", "unfinished", "already_there", "none"]


@dataclass(frozen=True)
class TriangleRow:
    """`start` is None for those already there, where they are one cohort."""

    start: date | None
    size: int
    already_there: bool
    small: bool
    cells: tuple[TriangleCell, ...]


@dataclass(frozen=True)
class Triangle:
    """Rows by cohort, columns by months since (from 1), and the weighted mean of the complete cells."""

    offsets: tuple[int, ...]
    rows: tuple[TriangleRow, ...]
    mean: tuple[Decimal | None, ...]


def cohort_table(c: ReportContent) -> Triangle:
    """The triangle without its trivial first column (all of a cohort ordered in its first month)."""
    cells = {(cell.cohort, cell.offset): cell for cell in c.cohorts.cells if cell.offset > 0}
    already = {cohort.key for cohort in c.cohorts.cohorts if cohort.already_there}
    seen = (offset for (key, offset), cell in cells.items() if cell.value is not None and key not in already)
    offsets = tuple(range(1, min(max(seen, default=0), MOST_COLUMNS) + 1))
    full = [
        cell.value
        for cell in cells.values()
        if cell.complete and cell.value is not None and cell.cohort not in already
    ]
    most = max(full, default=Decimal(1)) or Decimal(1)
    rows = []
    for cohort in c.cohorts.cohorts:
        if cohort.start is not None or cohort.already_there:
            found = tuple(_cell(cells.get((cohort.key, offset)), cohort, most) for offset in offsets)
            rows.append(TriangleRow(cohort.start, cohort.size, cohort.already_there, cohort.small, found))
    means = {point.offset: point.value for point in c.cohorts.average}
    mean = tuple(None if (v := means.get(o)) is None else v * 100 for o in offsets)
    return Triangle(offsets, tuple(rows), mean)


def _cell(cell: Cell | None, cohort: Cohort, most: Decimal) -> TriangleCell:
    if cell is None or cell.value is None:
        return TriangleCell(None, 0, "none")
    share = cell.value * 100
    if cohort.already_there:
        return TriangleCell(share, 0, "already_there")
    if not cell.complete:
        return TriangleCell(share, 0, "unfinished")
    return TriangleCell(share, round(heat(float(cell.value / most)) * 100), "full")
