"""Predictions of customers by number, for pages and other contexts. Nobody who objected to profiling is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.platform.customers import api as customers
from regulars.platform.insights.look_up import rows_of
from regulars.platform.insights.predictions_tables import PLACES, PREDICTIONS, TOLD
from regulars.platform.insights.reading import asking
from regulars.prediction.stories import STORIES, Speaker

_ASKED = 50_000  # numbers that one question names


@dataclass(frozen=True)
class Reason:
    """A story with the numbers that its sentence has. `contribution`: log-odds, positive towards leaving."""

    story: str
    contribution: float
    numbers: dict[str, float]

    def words(self, speaker: Speaker, currency: str | None) -> str:
        """The reason as a sentence's part, in a language."""
        return STORIES[self.story](speaker, self.numbers, currency)


@dataclass(frozen=True)
class Prediction:
    """One customer. What the history does not allow is None; `values` has the columns of PREDICTIONS by name, reasons left out."""

    customer: int
    churn_probability: float | None
    predicted_clv: Decimal | None
    expected_date_of_next_order: date | None
    reasons: tuple[Reason, ...]
    values: dict[str, Any]

    def words(self, speaker: Speaker, currency: str | None) -> tuple[str, ...]:
        """Why, strongest first."""
        return tuple(reason.words(speaker, currency) for reason in self.reasons)


def of_customer(number: int, analysis: Analysis | None = None) -> Prediction | None:
    """What is predicted of one customer; None where nothing is: no run yet, no history, or an objection to profiling."""
    return of_customers([number], analysis).get(number)


def of_customers(numbers: Iterable[int], analysis: Analysis | None = None) -> dict[int, Prediction]:
    """The same of several, in one question. `analysis`: one that is being asked already (`asking()`, `at_work()`).

    Raises NothingYet and TooSlow where none was given. At most 50,000 numbers.
    """
    wanted = sorted(set(numbers) - customers.not_profiled())
    if len(wanted) > _ASKED:
        raise ValueError(f"ask for at most {_ASKED:,} customers at once")
    if not wanted:
        return {}
    if analysis is not None:
        return _found(analysis, wanted)
    with asking() as own:
        return _found(own, wanted)


def _found(analysis: Analysis, wanted: Sequence[int]) -> dict[int, Prediction]:
    rows = rows_of(analysis, PREDICTIONS.name, PREDICTIONS.names, wanted)
    return {row["customer"]: _prediction(row) for row in rows}


def predictions_from(rows: pa.Table) -> list[Prediction]:
    """Rows of PREDICTIONS (all columns) as predictions, in their order."""
    return [_prediction(row) for row in rows.to_pylist()]


def _prediction(row: dict[str, Any]) -> Prediction:
    numbers = {
        name.removeprefix(TOLD): value
        for name, value in row.items()
        if name.startswith(TOLD) and value is not None
    }
    reasons = tuple(
        Reason(row[f"reason_{n}"], row[f"contribution_{n}"], numbers)
        for n in PLACES
        if row[f"reason_{n}"] in STORIES
    )
    values = {
        name: value for name, value in row.items() if not name.startswith((TOLD, "reason_", "contribution_"))
    }
    return Prediction(
        row["customer"], row["churn_probability"], row["predicted_clv"], row["expected_date_of_next_order"], reasons, values
    )  # fmt: skip
