"""Figures as they come back: rows, or Arrow, pandas and Polars; and the SQL that made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from regulars.kernel.errors import MissingExtraError
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.dimensions import Dimension
from regulars.metrics.figures import Figure, Row
from regulars.notebook.sheet import as_record, json_value, of_figures

if TYPE_CHECKING:
    import pandas
    import polars


@dataclass(frozen=True)
class Figures:
    """One answer: rows in the order of the figures asked for, periods and dimensions."""

    rows: tuple[Row, ...]
    asked: tuple[Figure, ...]
    _analysis: Analysis
    _calendar: Calendar
    _by: tuple[str | Dimension, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_arrow(self) -> pa.Table:
        """One row a figure, period and combination of dimensions; a column a dimension, empty in total rows."""
        return of_figures(self.rows).arrow()

    def to_pandas(self) -> pandas.DataFrame:
        """The same as a pandas frame. Raises MissingExtraError without pandas."""
        try:
            import pandas  # noqa: F401, PLC0415 - optional; Arrow's own message would not name the extra
        except ImportError as missing:
            raise MissingExtraError("notebook", "to_pandas()") from missing
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The same as a Polars frame. Raises MissingExtraError without Polars."""
        try:
            import polars  # noqa: PLC0415 - optional
        except ImportError as missing:
            raise MissingExtraError("notebook", "to_polars()") from missing
        frame: Any = polars.from_arrow(self.to_arrow())
        return frame

    def to_records(self) -> list[dict[str, Any]]:
        """One mapping a row with exactly the documented keys, ready for JSON."""
        return [json_value(as_record(row)) for row in self.rows]

    def sql(self, *, dialect: str = "") -> str:
        """The SQL of every figure asked for, from the fact tables up; `dialect`: duckdb or pyspark (default: the engine's)."""
        texts = _texts(self.asked, self._analysis, self._calendar, self._by, dialect)
        return "\n\n".join(texts)


def _texts(
    asked: Sequence[Figure],
    analysis: Analysis,
    calendar: Calendar,
    by: tuple[str | Dimension, ...],
    dialect: str,
) -> Iterator[str]:
    seen: dict[str, list[str]] = {}
    for figure in asked:
        seen.setdefault(analysis.sql(figure, calendar, by, dialect=dialect), []).append(figure.slug)
    for text, slugs in seen.items():
        yield f"-- {', '.join(slugs)}\n{text}"
